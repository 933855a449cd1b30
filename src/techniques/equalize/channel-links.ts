import type { TensorSpec } from '../../core/tensor-spec'
import type { ModelGraph } from '../../graph/graph'
import type { GraphNode } from '../../graph/operators'
import { readersOf } from '../../graph/readers-of'
import { shapesOf } from '../../graph/shapes-of'
import type { Shape, ValueName } from '../../graph/values'
import { isKernelNode, sidesOf } from './kernel-sides'
import type { KernelNode } from './kernel-sides'

/**
 * Channels that any factors t > 0 may scale without a change of what the model computes: whoever makes them is divided
 * by t, whoever reads them multiplied: another kernel, or a normalization, which takes any factor for nothing.
 */
export interface ChannelLink {
  readonly channels: number
  /** Divided by t along what it gives. */
  readonly maker: ValueName
  /** Multiplied by t along what it reads; input i is of channel i mod channels. null: a normalization is. */
  readonly reader: ValueName | null
  /** Vectors of a number for each channel: biases and means; gammas. */
  readonly divided: readonly ValueName[]
  readonly multiplied: readonly ValueName[]
}

/** A kernel and the one node that reads it. */
export interface LinkedKernel {
  readonly node: KernelNode
  readonly spec: TensorSpec
}

export interface ChannelLinks {
  readonly kernels: ReadonlyMap<ValueName, LinkedKernel>
  readonly links: readonly ChannelLink[]
}

const known = new WeakMap<ModelGraph, ChannelLinks>()

/** All links of a model, in the order of its graph. */
export function channelLinks(graph: ModelGraph): ChannelLinks {
  const before = known.get(graph)
  if (before !== undefined) return before
  const found = new Links(graph).all()
  known.set(graph, found)
  return found
}

interface Walked {
  readonly value: ValueName
  readonly channels: number
  /** Where the channels lie: behind all other axes, or right behind the batch. */
  readonly last: boolean
  readonly maker: ValueName
  readonly divided: readonly ValueName[]
}

class Links {
  private readonly readers: ReadonlyMap<ValueName, readonly GraphNode[]>
  private readonly shapes: ReadonlyMap<ValueName, Shape>
  private readonly kernels = new Map<ValueName, LinkedKernel>()
  private readonly links: ChannelLink[] = []

  constructor(private readonly graph: ModelGraph) {
    this.readers = readersOf(graph.nodes)
    this.shapes = shapesOf(graph)
  }

  all(): ChannelLinks {
    for (const node of this.graph.nodes) {
      const spec = this.ownWeight(node.inputs[1])
      if (spec !== null && isKernelNode(node, spec.shape))
        this.kernels.set(spec.name, { node, spec })
    }
    for (const [name, { node, spec }] of this.kernels) {
      const biases = this.ownVectors([node.inputs[2]])
      const [value] = node.outputs
      if (biases === null || value === undefined) continue
      const { outputs: channels } = sidesOf(node, spec.shape)
      const last = node.op === 'matMul' || node.attributes.layout === 'channelsLast'
      this.follow({ value, channels, last, maker: name, divided: biases })
    }
    return { kernels: this.kernels, links: this.links }
  }

  /** Looks for who reads the channels; what hands on as many times as much of them as it gets stands between. */
  private follow(from: Walked): void {
    const { channels, divided, last, maker, value } = from
    const reader = this.onlyReader(value)
    if (reader === null) return
    const next = (given: Partial<Walked> = {}): void => {
      const [output] = reader.outputs
      if (output !== undefined) this.follow({ ...from, value: output, ...given })
    }
    switch (reader.op) {
      case 'identity':
      case 'noise':
      case 'pool':
        next()
        return
      case 'unary':
        if (['Relu', 'LeakyRelu'].includes(reader.attributes.function)) next()
        return
      case 'reduce':
        if (this.isOverPlaces(reader, value, last)) next({ last: true })
        return
      case 'reshape':
        if (this.isFlattened(reader, value, last)) next()
        return
      case 'batchNormalization':
        this.normalized(reader, from)
        return
      default: {
        const kernel = this.kernels.get(reader.inputs[1] ?? '')
        if (kernel?.node !== reader || (last ? 'last' : 'first') !== channelsOf(kernel.node)) return
        const { inputs } = sidesOf(kernel.node, kernel.spec.shape)
        if (inputs % channels === 0)
          this.links.push({ channels, maker, reader: kernel.spec.name, divided, multiplied: [] })
      }
    }
  }

  /** What comes in is scaled by mean and gamma; what goes out stays. */
  private normalized(node: GraphNode, { channels, divided, last, maker, value }: Walked): void {
    if (node.op !== 'batchNormalization') return
    const rank = this.shapes.get(value)?.length ?? 0
    const { axis } = node.attributes
    const isOurs = last ? axis === -1 || axis === rank - 1 : axis === 1
    const [, gamma, , mean] = node.inputs
    const gammas = this.ownVectors([gamma])
    const means = this.ownVectors([mean])
    if (!isOurs || gammas?.length !== 1 || means?.length !== 1) return
    this.links.push({
      ...{ channels, maker, reader: null },
      ...{ divided: [...divided, ...means], multiplied: gammas },
    })
  }

  private onlyReader(value: ValueName): GraphNode | null {
    const [reader = null, ...others] = this.readers.get(value) ?? []
    const isAlone = others.length === 0 && !this.graph.outputs.includes(value)
    if (!isAlone || reader?.inputs[0] !== value) return null
    return reader.inputs.indexOf(value, 1) < 0 ? reader : null
  }

  /** Whether a mean or maximum leaves batch and channels apart. */
  private isOverPlaces(node: GraphNode, value: ValueName, last: boolean): boolean {
    const rank = this.shapes.get(value)?.length ?? 0
    if (node.op !== 'reduce' || !last || rank < 3) return false
    const { axes, function: by } = node.attributes
    const over = (axes ?? [0]).map((axis) => (axis < 0 ? axis + rank : axis))
    return ['Mean', 'Max'].includes(by) && over.every((axis) => axis > 0 && axis < rank - 1)
  }

  /** Whether places and channels become one axis in which the channels stay neighbours. */
  private isFlattened(node: GraphNode, value: ValueName, last: boolean): boolean {
    const [, ...before] = this.shapes.get(value) ?? []
    const after = this.shapes.get(node.outputs[0] ?? '') ?? []
    const places = before.reduce<number>((all, side) => all * (side ?? NaN), 1)
    return last && before.length > 0 && after.length === 2 && after[1] === places
  }

  /** The weight of this name, if nobody else reads it. */
  private ownWeight(name: ValueName | null | undefined): TensorSpec | null {
    const spec = this.graph.parameters.get(name ?? '')
    return spec?.dtype === 'float32' && this.readers.get(spec.name)?.length === 1 ? spec : null
  }

  /** @returns null where one of them is no weight of its own */
  private ownVectors(names: readonly (ValueName | null | undefined)[]): ValueName[] | null {
    const given = names.flatMap((name) => name ?? [])
    return given.every((name) => this.ownWeight(name) !== null) ? given : null
  }
}

function channelsOf(node: KernelNode): 'first' | 'last' {
  return node.op === 'matMul' || node.attributes.layout === 'channelsLast' ? 'last' : 'first'
}
