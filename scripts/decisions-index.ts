import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where the list of decisions starts in their index. */
const FIRST = '- ['

/** The index of a folder of decisions with a line for each, by its number and title. */
export function withDecisions(index: string, folder: string): string {
  const lines = readdirSync(folder)
    .filter((file) => /^\d{4}-.*[.]md$/.test(file))
    .sort()
    .map((file) => {
      const [title = ''] = readFileSync(join(folder, file), 'utf8').split('\n')
      return `- [${file.slice(0, 4)}](${file}) ${title.replace(/^# \d+[.] /, '')}\n`
    })
  const start = index.indexOf(FIRST)
  return (start < 0 ? index : index.slice(0, start)) + lines.join('')
}
