import { readFileSync, readdirSync } from 'node:fs'

const HEAD = 'Libraries that are part of the page'

/** Start the built page on one's own machine; no part of it. */
const servers: readonly string[] = ['open', 'sirv']

interface Package {
  readonly license: string
}

/** NOTICE with the licence of every library that the page is built with, as the library says it. */
export function withLibraries(text: string): string {
  const before = text.split(HEAD)[0] ?? ''
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  const names = Object.keys(dependencies).filter((name) => !servers.includes(name))
  return `${before}${HEAD}, unchanged. The texts of their licences, and of those that they bring, are in
licenses.md of every build.

${names.map((name) => `  ${name}\n    ${licenceOf(name)}\n`).join('')}`
}

function licenceOf(name: string): string {
  const folder = `node_modules/${name}`
  const { license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Package
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file === undefined ? '' : readFileSync(`${folder}/${file}`, 'utf8')
  const owner = /^\W*(copyright\s.*\d{4}.*|copyright \(c\) .*)$/im.exec(text)?.[1]
  return owner === undefined ? license : `${license}. ${owner.trim()}`
}
