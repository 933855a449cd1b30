import type { GraphForm } from './store-packed'
import { constantEntry } from './decoding-writer'

/** An entry of a manifest. */
interface ManifestJson {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly quantization?: object
}

/** A graph whose constants are made by it, and the entries that it makes them of. */
interface DecodedGraph {
  readonly topology: object
  /** Of each form, in the order of its bytes. */
  readonly entries: readonly (readonly ManifestJson[])[]
}

/** Weights by what they are called in the graph. */
export type NamedForm = GraphForm & Pick<ManifestJson, 'shape' | 'dtype'>

/** Puts what decodes weights in the places of the constants that they are. */
export function withDecodings(topology: object, forms: readonly NamedForm[]): DecodedGraph {
  const nodes =
    'node' in topology && Array.isArray(topology.node) ? (topology.node as unknown[]) : []
  const taken = new Set(nodes.map(nameOf))
  const decoding = new Map<string, readonly object[]>()
  const entries = forms.map((form): readonly ManifestJson[] => {
    const { dtype, name, quantization, shape } = form
    if (form.decoding === null)
      return [{ name, shape, dtype, ...(quantization === null ? {} : { quantization }) }]
    const names = new Map<string, string>()
    for (const { name: part } of [...form.decoding.parts, ...form.decoding.nodes.slice(0, -1)]) {
      let own = `${name}/${part}`
      while (taken.has(own)) own += '_'
      taken.add(own)
      names.set(part, own)
    }
    const named = (part: string): string => names.get(part) ?? name
    decoding.set(name, [
      ...form.decoding.parts.map((part) => constantEntry(named(part.name), part.shape, part.dtype)),
      ...form.decoding.nodes.map((node) => ({
        name: named(node.name),
        op: node.op,
        input: node.inputs.map(named),
        attr: node.attributes,
      })),
    ])
    return form.decoding.parts.map((part) => ({
      ...{ name: named(part.name), shape: part.shape, dtype: part.dtype },
      ...(part.storedAs === part.dtype ? {} : { quantization: wholeCodes(part.storedAs) }),
    }))
  })
  return {
    topology:
      decoding.size === 0
        ? topology
        : { ...topology, node: nodes.flatMap((node) => decoding.get(nameOf(node)) ?? [node]) },
    entries,
  }
}

/** Whole numbers as they are. */
function wholeCodes(dtype: string): object {
  return { dtype, scale: 1, min: 0, original_dtype: 'int32' }
}

function nameOf(node: unknown): string {
  return typeof node === 'object' &&
    node !== null &&
    'name' in node &&
    typeof node.name === 'string'
    ? node.name
    : ''
}
