type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain }

/** Files of a model as far as damage is concerned. */
interface ModelFiles {
  json: object
  shards: Map<string, Uint8Array>
}

/** Values that have broken parsers before. */
const nasty: readonly Plain[] = [
  null,
  true,
  '',
  '__proto__',
  'constructor',
  'first',
  'LSTM',
  'TimeDistributed',
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  [],
  {},
  [[]],
  [['second', 0, 0, {}]],
  ['first', 1, 0],
  { class_name: 'Dense', config: { name: 'x', units: 3 } },
]

/**
 * Damages a model in place: a value or key of its JSON, the bytes of a shard, or which shard is there.
 * @param next numbers in [0, 1)
 * @returns what was done
 */
export function mutateModel(files: ModelFiles, next: () => number): string {
  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(next() * items.length)]
  if (next() < 0.15) return mutateShard(files, next)
  const places: { parent: Plain[] | { [key: string]: Plain }; key: string; path: string }[] = []
  const visit = (value: Plain, path: string): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) {
      places.push({ parent: value, key, path: `${path}.${key}` })
      visit(item, `${path}.${key}`)
    }
  }
  visit(JSON.parse(JSON.stringify(files.json)) as Plain, '')
  const place = pick(places)
  if (place === undefined) return 'nothing'
  const root = JSON.parse(JSON.stringify(files.json)) as Plain
  const keys = place.path.split('.').slice(1)
  let parent = root
  for (const key of keys.slice(0, -1)) parent = (parent as { [key: string]: Plain })[key] ?? null
  const target = parent as { [key: string]: Plain }
  const other = pick(places)
  const kind = next()
  if (kind < 0.2) {
    if (Array.isArray(parent)) parent.splice(Number(place.key), 1)
    else Reflect.deleteProperty(target, place.key)
  } else if (kind < 0.3 && Array.isArray(parent)) parent.push(parent[Number(place.key)] ?? null)
  else if (kind < 0.55 && other !== undefined)
    target[place.key] = (other.parent as { [key: string]: Plain })[other.key] ?? null
  else if (kind < 0.7 && typeof target[place.key] === 'number')
    target[place.key] = Math.round((target[place.key] as number) + next() * 4 - 2)
  else target[place.key] = pick(nasty) ?? null
  Object.assign(files, { json: root })
  return `${place.path} -> ${JSON.stringify(target[place.key])}`
}

function mutateShard(files: ModelFiles, next: () => number): string {
  const paths = [...files.shards.keys()]
  const path = paths[Math.floor(next() * paths.length)] ?? ''
  const bytes = files.shards.get(path)?.slice() ?? new Uint8Array(0)
  const kind = next()
  if (kind < 0.2) files.shards.delete(path)
  else if (kind < 0.4) files.shards.set(path, bytes.slice(0, Math.floor(next() * bytes.length)))
  else if (kind < 0.6) files.shards.set(path, Uint8Array.of(...bytes, 0, 0, 0))
  else {
    bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256)
    files.shards.set(path, bytes)
  }
  return `${path} of ${bytes.length} bytes`
}
