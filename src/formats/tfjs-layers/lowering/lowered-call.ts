import type { GraphNode, NodeOf, OpAttributes, OpName } from '../../../graph/operators'
import { truths } from '../../../graph/value-types'
import type { Constant, DType, Shape, ValueName } from '../../../graph/values'
import type { ConfigReader } from '../../tfjs-files/config-reader'
import type { NamedSlot } from '../flatten-layers'
import type { CallArguments, WrappedLayer } from '../topology'

/** A value on its way through a graph. */
export interface Flowing {
  readonly name: ValueName
  readonly rank: number
  readonly dtype: DType
}

/**
 * Which steps of a sequence count, as somebody who reads it has to compute it. every: all of them; all: those that do in
 * each of these; joined: of one sequence behind the other. unknown: TensorFlow.js makes something of masks here that
 * depends on how samples are put in batches.
 */
export type Mask =
  | (Told & { readonly kind: 'word'; readonly x: Flowing })
  | (Told & { readonly kind: 'step'; readonly x: Flowing; readonly padding: number })
  | (Told & { readonly kind: 'every'; readonly x: Flowing })
  | (Told & { readonly kind: 'all' | 'any' | 'joined'; readonly of: readonly Mask[] })
  | 'unknown'

interface Told {
  /** Of who says it: another reader would take other axes for batch and steps. */
  readonly lead: number
}

/** A layer at one place where it is called. */
export interface CalledLayer {
  /** Its row. */
  readonly layer: string
  readonly config: ConfigReader
  readonly inputs: readonly Flowing[]
  /** Its weights in the order in which it makes them. */
  readonly slots: readonly NamedSlot[]
  /** Layers or cells in it. */
  readonly wrapped: readonly WrappedLayer[]
  /** Axes before those that it knows of: the batch, and before that the steps of each TimeDistributed around it. */
  readonly lead: number
  /** Comes beside the values: TensorFlow.js hands the mask of one layer to all that run after it. */
  readonly mask: Mask | null
  /** Of each input, where they follow values. */
  readonly masks: readonly (Mask | null)[]
  /** Beside tensors; null: nothing. */
  readonly given: CallArguments | null
  /** Of what it reads, as far as they are known before it runs; null: not even how many. */
  readonly shapeOf: (value: Flowing) => Shape | null
}

/** @returns an id for a node that carries out the layer or this part of it; what it gives is called after it */
export type FreeName = (layer: string, part: string | null) => string

/** No operators say exactly what the layer computes with this setting. */
export class NotExact extends Error {
  constructor(readonly setting: string) {
    super(setting)
  }
}

/** What one call of a layer becomes: nodes, and the constants that they read. */
export class LoweredCall {
  readonly nodes: GraphNode[] = []
  readonly constants = new Map<ValueName, Constant>()

  constructor(
    readonly called: CalledLayer,
    private readonly freeName: FreeName,
  ) {}

  get config(): ConfigReader {
    return this.called.config
  }

  get lead(): number {
    return this.called.lead
  }

  /** What it reads first, and mostly alone. */
  get x(): Flowing {
    const [x] = this.called.inputs
    if (x === undefined) throw new RangeError(`${this.called.layer} reads nothing`)
    return x
  }

  /** One of its weights by what it calls it itself; null: it has none. */
  weight(name: string): ValueName | null {
    return this.called.slots.find((slot) => slot.name === name)?.fullName ?? null
  }

  /** An axis as the layer counts it, from its one batch axis or from the last, as the graph counts it. */
  axis(axis: number, rank: number = this.x.rank): number {
    return axis < 0 ? axis + rank : axis + this.lead - 1
  }

  /** An operator that gives one value. @param rank of it; as of the first input where left out */
  node<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (Flowing | ValueName | null)[],
    rank?: number,
  ): Flowing {
    const first = inputs.find((input) => typeof input === 'object' && input !== null)
    const [value] = this.severalValues(op, attributes, inputs, [rank ?? rankOf(first)])
    if (value === undefined) throw new RangeError('an operator gives something')
    return value
  }

  /** @param ranks of all that it gives */
  severalValues<Op extends OpName>(
    op: Op,
    attributes: OpAttributes[Op],
    inputs: readonly (Flowing | ValueName | null)[],
    ranks: readonly number[],
  ): Flowing[] {
    const { layer } = this.called
    const read = takesWhole(op, attributes, inputs)
      ? inputs
      : inputs.map((input) => this.real(input))
    const id = this.freeName(layer, this.nodes.length === 0 ? null : op)
    const first = read.find((input) => typeof input === 'object' && input !== null)
    const dtype = typed(op, attributes, first)
    const given = ranks.map((rank, at) => ({ name: `${id}:${at}`, rank, dtype }))
    const node: NodeOf<Op> = {
      id,
      layer,
      op,
      attributes,
      inputs: read.map((input) => (typeof input === 'object' ? (input?.name ?? null) : input)),
      outputs: given.map(({ name }) => name),
    }
    // One type of all operators, which no generic function can show.
    this.nodes.push(node as GraphNode)
    return given
  }

  private real(input: Flowing | ValueName | null): Flowing | ValueName | null {
    return typeof input === 'object' && input !== null ? this.cast(input, 'float32') : input
  }

  /** A number that the layer knows without a file, or a list of them. */
  number(value: number | readonly number[]): ValueName {
    return typeof value === 'number'
      ? this.constant([], [value], 'float32')
      : this.constant([value.length], value, 'float32')
  }

  /** Row by row. */
  constant(shape: Constant['shape'], values: readonly number[], dtype: DType): ValueName {
    const name = `${this.freeName(this.called.layer, 'number')}:0`
    this.constants.set(name, { shape, dtype, values })
    return name
  }

  /** The same values in another type, where they are not of it. */
  cast(x: Flowing, to: DType): Flowing {
    return x.dtype === to ? x : this.node('cast', { to }, [x])
  }
}

function rankOf(value: Flowing | ValueName | null | undefined): number {
  if (typeof value !== 'object' || value === null) throw new RangeError('a rank must be given')
  return value.rank
}

/** Operators that give what they get, in another order or place. */
const keepsType: ReadonlySet<OpName> = new Set<OpName>([
  ...(['identity', 'reshape', 'transpose', 'unsqueeze', 'squeeze', 'tile', 'slice'] as const),
  ...(['pad', 'concat'] as const),
])

/** They look up, choose or compare, or nobody knows what they do. */
const takesAny: ReadonlySet<OpName> = new Set<OpName>([
  ...(['cast', 'gather', 'oneHot', 'where', 'shape', 'opaque'] as const),
])

/** Layers compute with real numbers, and kernels of TensorFlow.js may read the bytes of others as if they were some. */
function takesWhole<Op extends OpName>(
  op: Op,
  attributes: OpAttributes[Op],
  inputs: readonly (Flowing | ValueName | null)[],
): boolean {
  if (op === 'combine' && truths.has((attributes as OpAttributes['combine']).function)) return true
  if (op === 'unary' && (attributes as OpAttributes['unary']).function === 'Not') return true
  if (!keepsType.has(op)) return takesAny.has(op)
  const types = inputs.flatMap((input) => (typeof input === 'object' && input ? [input.dtype] : []))
  return new Set(types).size === 1
}

function typed<Op extends OpName>(
  op: Op,
  attributes: OpAttributes[Op],
  first: Flowing | ValueName | null | undefined,
): DType {
  if (op === 'cast') return (attributes as OpAttributes['cast']).to
  if (op === 'oneHot') return (attributes as OpAttributes['oneHot']).dtype
  return keepsType.has(op) && typeof first === 'object' && first !== null ? first.dtype : 'float32'
}
