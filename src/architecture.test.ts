import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withDecisions } from '../scripts/decisions-index'
import { TESTS, rooms } from '../scripts/floors/floors.cjs'
import { withWalls } from '../scripts/floors/walls-table'
import { withLibraries } from '../scripts/libraries-notice'

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...filesIn('docs').filter((file) => file.endsWith('.md')),
]

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: false }).map(
    (file) => join(folder, file),
  )
}

/** Relative link targets, and paths of this repository in code spans and drawings. */
function pathsIn(document: string): string[] {
  const text = readFileSync(document, 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) =>
    resolve(dirname(document), match[1] ?? ''),
  )
  const code = [...text.matchAll(/```(?:text)?\n[^]*?```|`[^`\n]+`/g)].map(([found]) => found)
  const paths = code.flatMap((span) => [
    ...span.matchAll(
      /(?<![\w/.])(?:src|docs|scripts|golden|bench|e2e|public|testing)\/[\w./-]*[\w/]/g,
    ),
  ])
  return [...links, ...paths.map(([path]) => resolve(path))]
}

describe('documents', () => {
  it.each(documents)('%s names only paths that exist', (document) => {
    expect(pathsIn(document).filter((path) => !existsSync(path))).toEqual([])
  })

  it('list every decision by its title', () => {
    const index = readFileSync('docs/decisions/README.md', 'utf8')
    expect(index).toBe(withDecisions(index, 'docs/decisions'))
  })

  it('name every library of the page and its licence', () => {
    const notice = readFileSync('NOTICE', 'utf8')
    expect(notice).toBe(withLibraries(notice))
  })

  it('name the test line that a fresh machine runs', () => {
    const line = readFileSync('.ci/run', 'utf8').trim().split('\n').at(-1)
    expect(readFileSync('README.md', 'utf8').split('\n')).toContain(line)
  })

  it('show the walls as the rules have them', () => {
    const page = readFileSync('ARCHITECTURE.md', 'utf8')
    expect(page).toBe(withWalls(page))
  })
})

describe('the table of rooms', () => {
  const files = ['src', 'testing', 'scripts', 'e2e', 'bench']
    .flatMap(filesIn)
    .filter(
      (file) => /[.]tsx?$/.test(file) && !file.startsWith('src/engine/wasm-kernels/assembly/'),
    )
  const product = files.filter((file) => !new RegExp(TESTS).test(file))

  it('has one room for every file', () => {
    const homes = new Map(
      product.map((file) => [
        file,
        rooms.filter((room) => new RegExp(room.files).test(file)).map(({ name }) => name),
      ]),
    )
    expect([...homes].filter(([, names]) => names.length !== 1)).toEqual([])
    expect(rooms.filter(({ name }) => ![...homes.values()].flat().includes(name))).toEqual([])
  })

  it('stands from the ground up: a room uses only what comes before it', () => {
    const floor = new Map(rooms.map(({ name }, index) => [name, index]))
    const upward = rooms.flatMap(({ name, mayImport }, index) =>
      mayImport
        .filter((used) => !((floor.get(used) ?? Infinity) < index))
        .map((used) => [name, used]),
    )
    expect(upward).toEqual([])
  })

  it('keeps files of the engine and of the page out of the pure rooms', () => {
    const pure = rooms.filter(({ wing }) => wing === 'pure')
    const strangers = product
      .filter((file) => /[.](engine|ui)[.]tsx?$/.test(file))
      .filter((file) => pure.some((room) => new RegExp(room.files).test(file)))
    expect(strangers).toEqual([])
  })

  it('is what the compiler takes for pure', () => {
    const project = readFileSync('tsconfig.pure.json', 'utf8')
    const folders = rooms
      .filter(({ wing }) => wing === 'pure')
      .map(({ name }) => name.split('/').slice(0, 2).join('/'))
    expect(folders.length).toBeGreaterThan(0)
    expect(folders.filter((folder) => !project.includes(`"${folder}/`))).toEqual([])
  })
})
