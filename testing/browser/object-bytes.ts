/** What a heap snapshot of Chromium says of each node, by the names of its fields. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[]
      readonly node_types: readonly [readonly string[], ...unknown[]]
    }
  }
  readonly nodes: readonly number[]
}

/** Made by the browser as it likes: machine code, its notes for making more, its own records of the page. */
const ownKinds: ReadonlySet<string> = new Set(['code', 'object shape', 'hidden', 'native'])

/** Bytes of all that a script has made and somebody still holds. */
export function objectBytes(text: string): number {
  const { nodes, snapshot } = JSON.parse(text) as Snapshot
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [kind, size] = [fields.indexOf('type'), fields.indexOf('self_size')]
  let sum = 0
  for (let at = 0; at < nodes.length; at += fields.length)
    if (!ownKinds.has(types[0][nodes[at + kind] ?? 0] ?? '')) sum += nodes[at + size] ?? 0
  return sum
}
