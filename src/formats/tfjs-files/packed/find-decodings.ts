import { DIVISORS } from './code-planes'

/** What of a node of a file is looked at. */
export interface GraphNodeLike {
  readonly name: string
  readonly op: string
  readonly inputs: readonly { readonly node: string; readonly output: number }[]
  readonly after: readonly string[]
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Constants by what they are for in a decoding; the nodes of it that are no constants come beside. */
export interface FoundDecoding {
  /** The weight, as the node that gives it. */
  readonly weight: string
  readonly nodes: readonly string[]
  readonly codes: string
  /** One for each division of bytes. */
  readonly divisors: readonly string[]
  readonly cut: { readonly all: string; readonly begin: string; readonly size: string } | null
  /** Sides; null: those of the codes. */
  readonly working: string | null
  /** Sides; null: those that codes are worked on in. */
  readonly shape: string | null
  readonly rows: { readonly sets: string; readonly axis: string } | null
  readonly real:
    | {
        readonly kind: 'affine'
        readonly scale: string
        readonly zero: string
        readonly one: string | null
      }
    | {
        readonly kind: 'codebook'
        readonly levels: string
        readonly axis: string
        readonly first: string | null
      }
}

/** Every constant of a decoding. */
export function constantsOf(found: FoundDecoding): readonly string[] {
  const { codes, cut, divisors, real, rows, shape, working } = found
  const own =
    real.kind === 'affine'
      ? [real.scale, real.zero, real.one]
      : [real.levels, real.axis, real.first]
  const all = [codes, ...divisors, cut?.all, cut?.begin, cut?.size, working, shape]
  return [...all, rows?.sets, rows?.axis, ...own].filter((name) => typeof name === 'string')
}

/**
 * Finds what `writeDecoding` writes, by operators and by what reads what: values are looked at once they are read.
 * Nothing inside may be read from outside.
 * @param kept names that somebody outside of the graph asks for
 */
export function findDecodings(
  nodes: readonly GraphNodeLike[],
  kept: ReadonlySet<string>,
): readonly FoundDecoding[] {
  const graph = new ReadNodes(nodes, kept)
  return nodes.flatMap((node) =>
    node.op === 'Identity' ? (new Search(graph).from(node) ?? []) : [],
  )
}

class ReadNodes {
  private readonly named: ReadonlyMap<string, GraphNodeLike>
  private readonly readers = new Map<string, number>()

  constructor(nodes: readonly GraphNodeLike[], kept: ReadonlySet<string>) {
    this.named = new Map(nodes.map((node) => [node.name, node]))
    for (const name of kept) this.count(name, Infinity)
    for (const { after, inputs } of nodes) {
      for (const { node } of inputs) this.count(node, 1)
      for (const name of after) this.count(name, Infinity)
    }
  }

  private count(name: string, reads: number): void {
    this.readers.set(name, (this.readers.get(name) ?? 0) + reads)
  }

  node(name: string): GraphNodeLike | undefined {
    return this.named.get(name)
  }

  readsOf(name: string): number {
    return this.readers.get(name) ?? 0
  }
}

/** Thrown where a graph is something else. */
class Differs extends Error {}

/** Walks from a weight back to its codes. */
class Search {
  private readonly nodes: string[] = []
  private readonly divisors: string[] = []
  private cut: FoundDecoding['cut'] = null
  private working: string | null = null
  private shape: string | null = null
  private rows: FoundDecoding['rows'] = null

  constructor(private readonly graph: ReadNodes) {}

  from(weight: GraphNodeLike): FoundDecoding | null {
    try {
      return this.found(weight)
    } catch (error) {
      if (error instanceof Differs) return null
      throw error
    }
  }

  private found(weight: GraphNodeLike): FoundDecoding {
    if (weight.after.length > 0) throw new Differs()
    let at = this.input(weight, 0, 1)
    if (at.op === 'Reshape') {
      this.shape = this.constant(at, 1)
      at = this.input(at, 0, 2)
    }
    const { real, whole } = this.real(at)
    const codes = this.codes(whole)
    const { cut, divisors, nodes, rows, shape, working } = this
    return { weight: weight.name, nodes, codes, divisors, cut, working, shape, rows, real }
  }

  private real(node: GraphNodeLike): { real: FoundDecoding['real']; whole: GraphNodeLike } {
    if (node.op === 'GatherV2') return this.codebook(node)
    const steps = this.input(this.of(node, 'Mul'), 0, 2)
    const scale = this.ofRows(this.input(node, 1, 2))
    const from = this.input(this.of(steps, 'Sub'), 1, 2)
    const isMasked = from.op === 'Mul'
    const real = this.of(this.input(steps, 0, 2, isMasked ? 2 : 1), 'Cast')
    if (said(real, 'DstT', 'type') !== 'DT_FLOAT') throw new Differs()
    const whole = this.input(real, 0, 1)
    if (!isMasked)
      return { real: { kind: 'affine', scale, zero: this.ofRows(from), one: null }, whole }
    const kept = this.of(this.input(from, 0, 2), 'Minimum')
    if (kept.inputs[0]?.node !== real.name) throw new Differs()
    const zero = this.ofRows(this.input(from, 1, 2))
    return { real: { kind: 'affine', scale, zero, one: this.constant(kept, 1) }, whole }
  }

  private codebook(node: GraphNodeLike): ReturnType<Search['real']> {
    if (!isZero(said(node, 'batch_dims', 'i'))) throw new Differs()
    const levels = this.constant(node, 0, 3)
    const axis = this.constant(node, 2, 3)
    const places = this.input(node, 1, 3)
    if (places.op !== 'AddV2')
      return { real: { kind: 'codebook', levels, axis, first: null }, whole: places }
    const first = this.ofRows(this.input(places, 1, 2))
    const whole = this.input(places, 0, 2)
    return { real: { kind: 'codebook', levels, axis, first }, whole }
  }

  /** Numbers of groups, looked up row by row where blocks end short. */
  private ofRows(node: GraphNodeLike): string {
    if (node.op !== 'GatherV2') return this.isConstant(node)
    if (!isZero(said(node, 'batch_dims', 'i'))) throw new Differs()
    const [sets, axis] = [this.shared(node, 1, 3), this.shared(node, 2, 3)]
    if (this.rows !== null && (this.rows.sets !== sets || this.rows.axis !== axis))
      throw new Differs()
    this.rows = { sets, axis }
    return this.constant(node, 0, 3)
  }

  private codes(whole: GraphNodeLike): string {
    if (whole.op === 'Const') return this.isConstant(whole)
    this.working = this.constant(this.of(whole, 'Reshape'), 1)
    let at = this.input(whole, 0, 2)
    if (at.op === 'Slice') {
      const [begin, size] = [this.constant(at, 1, 3), this.constant(at, 2, 3)]
      const flat = this.of(this.input(at, 0, 3), 'Reshape')
      this.cut = { all: this.constant(flat, 1), begin, size }
      at = this.input(flat, 0, 2)
    }
    for (let turn = 0; at.op === 'Pack' && turn < DIVISORS.length; turn++) at = this.byte(at)
    if (this.divisors.length === 0) throw new Differs()
    return this.isConstant(at)
  }

  /** Both parts of what was divided; what it was. */
  private byte(pair: GraphNodeLike): GraphNodeLike {
    const low = this.of(this.input(pair, 0, 2), 'Sub')
    const high = this.of(this.input(pair, 1, 2, 2), 'FloorDiv')
    const above = this.of(this.input(low, 1, 2), 'Mul')
    const x = this.input(high, 0, 2, 2)
    if (low.inputs[0]?.node !== x.name || above.inputs[0]?.node !== high.name) throw new Differs()
    const divisor = this.shared(high, 1, 2)
    if (above.inputs[1]?.node !== divisor || !isZero(said(pair, 'axis', 'i'))) throw new Differs()
    this.divisors.unshift(divisor)
    return x
  }

  private of(node: GraphNodeLike, op: string): GraphNodeLike {
    if (node.op !== op) throw new Differs()
    return node
  }

  /** A node that another reads; nobody else reads it. */
  private input(node: GraphNodeLike, place: number, inputs: number, reads = 1): GraphNodeLike {
    const { node: name = '', output = 0 } = node.inputs[place] ?? {}
    const read = this.graph.node(name)
    if (node.inputs.length !== inputs || read === undefined || output !== 0) throw new Differs()
    if (read.after.length > 0 || this.graph.readsOf(name) !== reads) throw new Differs()
    if (read.op !== 'Const' && !this.nodes.includes(name)) this.nodes.push(name)
    return read
  }

  private constant(node: GraphNodeLike, place: number, inputs = 2): string {
    return this.isConstant(this.input(node, place, inputs))
  }

  /** A constant that two nodes of the decoding may read. */
  private shared(node: GraphNodeLike, place: number, inputs: number): string {
    const { node: name = '' } = node.inputs[place] ?? {}
    const reads = Math.min(2, this.graph.readsOf(name))
    return this.isConstant(this.input(node, place, inputs, reads))
  }

  private isConstant(node: GraphNodeLike): string {
    return this.of(node, 'Const').name
  }
}

/** A setting of a node, of which some writers leave out zeros. */
function said({ attributes }: GraphNodeLike, name: string, type: 'i' | 'type'): unknown {
  const value = attributes[name]
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[type]
    : undefined
}

function isZero(setting: unknown): boolean {
  return Number(setting ?? 0) === 0
}
