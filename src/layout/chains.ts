/** A layer of a drawing, and the layers that it reads. */
export interface DrawnLayer {
  readonly name: string
  readonly inputs: readonly string[]
}

/** Layers that follow each other, each the only reader of the one before it. */
export interface Chain {
  readonly layers: readonly string[]
}

export interface Chained {
  readonly chains: readonly Chain[]
  /** Between layers, each once; both ends are there. */
  readonly edges: readonly (readonly [from: string, to: string])[]
}

/**
 * Networks are mostly chains. Each is laid out as one, which takes a fraction of the time: a residual block of eight
 * layers has two.
 */
export function chainsOf(layers: readonly DrawnLayer[]): Chained {
  const names = new Set(layers.map(({ name }) => name))
  const inputs = new Map<string, string[]>()
  const readers = new Map<string, string[]>()
  const edges: (readonly [string, string])[] = []
  for (const layer of layers) {
    const read = [...new Set(layer.inputs)].filter((name) => names.has(name) && name !== layer.name)
    inputs.set(layer.name, read)
    for (const from of read) {
      readers.set(from, [...(readers.get(from) ?? []), layer.name])
      edges.push([from, layer.name])
    }
  }
  const only = (list: readonly string[] | undefined): string | null =>
    list?.length === 1 ? (list[0] ?? null) : null
  const before = (name: string): string | null => {
    const input = only(inputs.get(name))
    return input !== null && only(readers.get(input)) !== null ? input : null
  }
  const placed = new Set<string>()
  const chains: Chain[] = []
  const take = (first: string): void => {
    const chain: string[] = []
    for (let at: string | null = first; at !== null && !placed.has(at);) {
      placed.add(at)
      chain.push(at)
      const next: string | null = only(readers.get(at))
      at = next !== null && before(next) === at ? next : null
    }
    chains.push({ layers: chain })
  }
  for (const { name } of layers) if (before(name) === null) take(name)
  // What is left goes round and round.
  for (const { name } of layers) if (!placed.has(name)) take(name)
  return { chains, edges }
}
