import { rooms, wings } from './floors.cjs'
import type { Room, Wing } from './floors.cjs'

const wingWords: Partial<Readonly<Record<string, string>>> = {
  pure: 'everything pure',
  aside: 'the service worker',
  engine: 'everything of the engine',
  page: 'the parts of the page',
  views: 'the views',
}

/** `engine/host` of `src/engine/host`: the table says where it is in its first column. */
const short = (room: string): string => wingWords[room] ?? `\`${room.replace(/^src\//, '')}\``

const product = ['pure', 'aside', 'engine', 'page', 'views']

function mayImport({ uses }: Room): string {
  if (uses.length === 0) return 'nothing'
  const whole = product.every((wing) => uses.includes(wing))
  const named = uses.filter((name) => !(whole && product.includes(name))).map(short)
  return [...(whole ? ['all of `src`'] : []), ...named].join(', ')
}

const headings: Readonly<Record<Wing['wing'], string>> = {
  pure: 'Pure',
  aside: 'Aside',
  engine: 'Engine',
  page: 'Page',
  views: 'Views',
  around: 'Around',
}

/** The walls as tables in Markdown, one for each wing, from the ground up; laid out as the formatter does. */
function wallsTables(): string {
  return wings
    .map(({ wing, what }) => {
      const rows = rooms
        .filter((room) => room.wing === wing)
        .map((room) => [`\`${room.name}\``, room.holds, mayImport(room)])
      return `### ${headings[wing]}: ${what}\n\n${table(['room', 'holds', 'may import'], rows)}`
    })
    .join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`
  return line(head) + rule + rows.map(line).join('')
}

const START = '<!-- walls: written by `npm run docs` -->'
const END = '<!-- end of walls -->'

/** A document with the tables between its two marks. */
export function withWalls(document: string): string {
  const from = document.indexOf(START)
  const to = document.indexOf(END)
  if (from < 0 || to < from) throw new Error(`no ${START} before ${END}`)
  return `${document.slice(0, from)}${START}\n\n${wallsTables()}\n${document.slice(to)}`
}
