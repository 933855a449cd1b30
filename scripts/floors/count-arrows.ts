/**
 * Counts what the checker finds: rooms of the product, arrows between them (imports, types included), how
 * many floors the arrows make, how many run up, and circles of files. Run: `npm run floors`
 */
import { spawnSync } from 'node:child_process'
import { TESTS, rooms, wings } from './floors.cjs'

interface Cruised {
  readonly modules: readonly {
    readonly source: string
    readonly dependencies: readonly { readonly resolved: string }[]
  }[]
}

const isTest = new RegExp(TESTS)
const floor = new Map(rooms.map(({ name }, index) => [name, index]))
const patterns = rooms.map(({ name, files }) => ({ name, pattern: new RegExp(files) }))
const roomOf = (file: string): string | undefined =>
  patterns.find(({ pattern }) => pattern.test(file))?.name

/** Files of the product, and those that each imports. */
function imports(): ReadonlyMap<string, readonly string[]> {
  const cruise = [
    'depcruise',
    'src',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ]
  const { stdout } = spawnSync('npx', cruise, { encoding: 'utf8', maxBuffer: 1e9 })
  const { modules } = JSON.parse(stdout) as Cruised
  const isProduct = (file: string): boolean => file.startsWith('src/') && !isTest.test(file)
  return new Map(
    modules
      .filter(({ source }) => isProduct(source))
      .map(({ source, dependencies }) => [
        source,
        dependencies.map(({ resolved }) => resolved).filter(isProduct),
      ]),
  )
}

/** Groups that reach each other, by Tarjan's algorithm; only those of more than one. */
function circles(edges: ReadonlyMap<string, Iterable<string>>): readonly (readonly string[])[] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const found: string[][] = []
  const visit = (node: string): number => {
    const at = order.size
    order.set(node, at)
    open.push(node)
    let low = at
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (open.includes(next)) low = Math.min(low, lowest.get(next) ?? order.get(next) ?? low)
    }
    lowest.set(node, low)
    if (low === at) {
      const group = open.splice(open.indexOf(node))
      if (group.length > 1) found.push(group)
    }
    return low
  }
  for (const node of edges.keys()) if (!order.has(node)) visit(node)
  return found
}

/** How many rooms stand on top of each other in the longest chain of arrows; needs arrows without circles. */
function floorsOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): number {
  const heights = new Map<string, number>()
  const height = (room: string): number => {
    const known = heights.get(room)
    if (known !== undefined) return known
    const below = [...(arrows.get(room) ?? [])].map(height)
    const own = 1 + Math.max(0, ...below)
    heights.set(room, own)
    return own
  }
  return Math.max(...[...arrows.keys()].map(height))
}

const files = imports()
const arrows = new Map<string, Set<string>>()
for (const [file, used] of files) {
  const from = roomOf(file)
  if (from === undefined) continue
  const targets = arrows.get(from) ?? new Set()
  arrows.set(from, targets)
  for (const to of used.map(roomOf)) if (to !== undefined && to !== from) targets.add(to)
}

const between = [...arrows].flatMap(([from, targets]) => [...targets].map((to) => ({ from, to })))
const up = between.filter(({ from, to }) => (floor.get(to) ?? 0) > (floor.get(from) ?? 0))
const roomCircles = circles(arrows)
const fileCircles = circles(files)

for (const { wing } of wings) {
  const inside = rooms.filter((room) => room.wing === wing && arrows.has(room.name))
  if (inside.length > 0) console.log(`${String(inside.length).padStart(3)} rooms: ${wing}`)
}
console.log(`${arrows.size} rooms hold ${files.size} files`)
console.log(
  roomCircles.length === 0 ? `${floorsOf(arrows)} floors` : 'no floors: rooms in a circle',
)
console.log(`${between.length} arrows between rooms, ${up.length} of them up`)
for (const { from, to } of up) console.log(`    up: ${from} -> ${to}`)
console.log(`${roomCircles.length} circles of rooms, ${fileCircles.length} circles of files`)
for (const group of fileCircles) console.log(`    circle: ${group.join(', ')}`)
