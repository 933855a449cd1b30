import type { ModelGraph } from '../graph'
import { infer } from '../infer'
import type { GraphNode, Layout, NodeOf } from '../operators'
import { channelTo, layoutOf, windowAxes, windowPlaces } from '../sides/window-places'
import type { Constant, ValueName } from '../values'
import { freshNames } from '../fresh-names'
import { turnedAlong } from './turned-along'

type Perm = readonly number[]

/** A value as it lies: the one of the graph with its axes in this order. */
export interface Twin {
  readonly name: ValueName
  readonly perm: Perm
}

/**
 * TensorFlow.js slides windows over channels last alone. What a file has with channels first is turned before and back
 * behind, and all between that goes element by element or along an axis runs as it lies: turns are left only where
 * something else reads or gives. Weights keep their order, and what is turned of them is turned once.
 * @param seen values that are there as the graph has them, and read as whoever looks at them hands them on; null: all
 */
export function channelsLast(
  graph: ModelGraph,
  seen: ReadonlySet<ValueName> | null = new Set(),
): ModelGraph {
  return inLayout(graph, 'channelsLast', seen)
}

/** The same the other way round: ONNX slides windows over channels first alone. */
export function channelsFirst(graph: ModelGraph): ModelGraph {
  return inLayout(graph, 'channelsFirst', new Set())
}

function inLayout(
  graph: ModelGraph,
  layout: Layout,
  seen: ReadonlySet<ValueName> | null,
): ModelGraph {
  const isOther = (node: GraphNode): boolean => (layoutOf(node) ?? layout) !== layout
  return graph.nodes.some(isOther) ? new Turning(graph, layout, isOther, seen).run() : graph
}

class Turning {
  private readonly nodes: GraphNode[] = []
  private readonly constants: Map<ValueName, Constant>
  private readonly twins = new Map<ValueName, Twin>()
  /** Values of the graph that are there as the graph has them. */
  private readonly there: Set<ValueName>
  private readonly fresh: (base: ValueName) => ValueName
  private readonly ranks: ReadonlyMap<ValueName, number>

  constructor(
    private readonly graph: ModelGraph,
    private readonly layout: Layout,
    private readonly isOther: (node: GraphNode) => boolean,
    private readonly seen: ReadonlySet<ValueName> | null,
  ) {
    const { constants, inputs, parameters } = graph
    this.constants = new Map(constants)
    this.fresh = freshNames(graph)
    this.there = new Set([
      ...parameters.keys(),
      ...constants.keys(),
      ...inputs.map(({ value }) => value),
    ])
    this.ranks = new Map([...infer(graph).sides].map(([name, { length }]) => [name, length]))
  }

  run(): ModelGraph {
    for (const node of this.graph.nodes) {
      if (this.isOther(node)) this.window(node)
      else if (!this.asItLies(node)) this.asItIs(node)
      for (const name of node.outputs) if (this.seen?.has(name) ?? true) this.show(name, node)
    }
    for (const output of this.graph.outputs) this.need(output, null)
    return { ...this.graph, nodes: this.nodes, constants: this.constants }
  }

  private asItIs(node: GraphNode): void {
    for (const name of node.inputs) if (name !== null) this.need(name, node)
    this.nodes.push(node)
    for (const name of node.outputs) this.there.add(name)
  }

  /** Another may be put in its place, so nobody reads it as it lay before. */
  private show(name: ValueName, giver: GraphNode): void {
    this.need(name, giver)
    this.twins.delete(name)
  }

  /** Puts a value where the graph has it. @param reader for whose layer that is done */
  private need(name: ValueName, reader: GraphNode | null): void {
    const twin = this.twins.get(name)
    if (this.there.has(name) || twin === undefined) return
    // A node that gave this may be called like it.
    const id = this.fresh(name)
    this.transpose(twin.name, inverse(twin.perm), name, reader?.layer ?? name, id)
    this.there.add(name)
  }

  private transpose(from: ValueName, perm: Perm, to: ValueName, layer: string, id = to): void {
    const attributes = { perm }
    this.nodes.push({ id, layer, op: 'transpose', attributes, inputs: [from], outputs: [to] })
  }

  /** The name of a value with its axes in this order. */
  private turned(name: ValueName, perm: Perm, reader: GraphNode): ValueName {
    const twin = this.twins.get(name)
    if (twin !== undefined && isSame(twin.perm, perm)) return twin.name
    this.need(name, reader)
    const whole = this.ofRank(name, perm.length, reader)
    const to = this.fresh(name)
    this.transpose(whole, perm, to, reader.layer)
    if (twin === undefined) this.twins.set(name, { name: to, perm })
    return to
  }

  /** With sides of one in front, as a value that is stretched has them. */
  private ofRank(name: ValueName, rank: number, { layer }: GraphNode): ValueName {
    const missing = rank - (this.ranks.get(name) ?? rank)
    if (missing <= 0) return name
    const to = this.fresh(name)
    const attributes = { axes: Array.from({ length: missing }, (_, axis) => axis) }
    this.nodes.push({ id: to, layer, op: 'unsqueeze', attributes, inputs: [name], outputs: [to] })
    return to
  }

  /** What a node gives has its axes in this order. */
  private given(name: ValueName, perm: Perm): ValueName {
    const twin = { name: this.fresh(name), perm }
    this.twins.set(name, twin)
    return twin.name
  }

  private window(node: GraphNode): void {
    const [x = null, ...others] = node.inputs
    const places = windowAxes(node, this.ranks.get(node.inputs[0] ?? '') ?? 4)
    const perm = x === null ? null : this.turn(this.ranks.get(x) ?? places + 2, places)
    if (x === null || perm === null) {
      this.asItIs(node)
      return
    }
    if (node.op === 'recurrent') {
      this.overTime(node, x, others, perm)
      return
    }
    for (const name of others) if (name !== null) this.need(name, node)
    const inputs = [this.turned(x, perm, node), ...this.sized(node, others, perm)]
    const outputs = node.outputs.map((name) => this.given(name, perm))
    this.nodes.push({
      ...node,
      attributes: { ...node.attributes, layout: this.layout },
      inputs,
      outputs,
    } as GraphNode)
  }

  /** The order of axes that puts channels where windows want them. */
  private turn(rank: number, places: number): Perm | null {
    const other = this.layout === 'channelsLast' ? 'channelsFirst' : 'channelsLast'
    const [from, to] = [other, this.layout].map((each) =>
      windowPlaces(rank, places, each as Layout),
    )
    return from && to ? channelTo(rank, from.channel, to.channel) : null
  }

  /** All sides that a transposed convolution is asked for stand in the order of the graph. */
  private sized(
    node: GraphNode,
    others: readonly (ValueName | null)[],
    perm: Perm,
  ): (ValueName | null)[] {
    const [kernel = null, bias = null, sides = null] = others
    if (node.op !== 'transposedConv' || sides === null) return [...others]
    const places = this.fresh(`${node.id}/perm`)
    this.constants.set(places, { shape: [perm.length], dtype: 'int32', values: perm })
    const ordered = this.fresh(sides)
    this.nodes.push({
      id: ordered,
      layer: node.layer,
      op: 'gather',
      attributes: { axis: 0 },
      inputs: [sides, places],
      outputs: [ordered],
    })
    return [kernel, bias, ordered]
  }

  /** States have no time; a mask has it. */
  private overTime(
    node: NodeOf<'recurrent'>,
    x: ValueName,
    others: readonly (ValueName | null)[],
    perm: Perm,
  ): void {
    const { cells, directions, masked, sequences, window } = node.attributes
    if (window === null) return
    const rank = perm.length
    const ofState = this.turn(rank - 1, 2)
    if (ofState === null) return
    const both = directions === null ? 1 : 2
    const weights = both * cells.reduce((sum, { biased }) => sum + (biased ? 3 : 2), 0)
    const inputs = others.map((name, at) => {
      if (name === null || at < weights) return name
      const isMask = masked && at === others.length - 1
      return this.turned(name, isMask ? perm : ofState, node)
    })
    const says = directions === 'lists' ? 2 : 1
    const outputs = node.outputs.map((name, at) =>
      this.given(name, sequences && at < says ? perm : ofState),
    )
    this.nodes.push({
      ...node,
      attributes: { ...node.attributes, window: { ...window, layout: this.layout } },
      inputs: [this.turned(x, perm, node), ...inputs],
      outputs,
    })
  }

  /** @returns whether the node could be carried out on what lies turned */
  private asItLies(node: GraphNode): boolean {
    const perm = this.permOf(node)
    if (perm === null) return false
    if (node.op === 'transpose') return this.throughTranspose(node, perm)
    const known = (name: ValueName): number | null => this.ranks.get(name) ?? null
    const result = turnedAlong(node, perm, known)
    if (result === null) return false
    const lies = (name: ValueName): boolean => {
      const twin = this.twins.get(name)
      return twin !== undefined && isSame(twin.perm, perm)
    }
    const isReady = result.turned.every(
      (name) => lies(name) || this.graph.parameters.has(name) || this.constants.has(name),
    )
    if (!isReady) return false
    const turned = new Set(result.turned)
    const inputs = node.inputs.map((name) => {
      if (name === null) return null
      if (turned.has(name)) return this.turned(name, perm, node)
      this.need(name, node)
      return name
    })
    if (result.isBack) for (const name of node.outputs) this.there.add(name)
    const outputs = result.isBack
      ? node.outputs
      : node.outputs.map((name) => this.given(name, perm))
    this.nodes.push({ ...result.node, inputs, outputs })
    return true
  }

  /** The order of the first input that is there only turned. */
  private permOf({ inputs }: GraphNode): Perm | null {
    for (const name of inputs) {
      const twin = name === null || this.there.has(name) ? undefined : this.twins.get(name)
      if (twin !== undefined) return twin.perm
    }
    return null
  }

  /** Two turns are one, or none. */
  private throughTranspose(node: NodeOf<'transpose'>, perm: Perm): boolean {
    const [x = null] = node.inputs
    const [y] = node.outputs
    const twin = this.twins.get(x ?? '')
    if (twin === undefined || y === undefined) return false
    const back = inverse(perm)
    const rank = perm.length
    const own = node.attributes.perm.map((axis) => back[axis < 0 ? axis + rank : axis] ?? 0)
    this.there.add(y)
    const { id, layer } = node
    const isNothing = own.every((axis, at) => axis === at)
    this.nodes.push(
      isNothing
        ? { id, layer, op: 'identity', attributes: {}, inputs: [twin.name], outputs: [y] }
        : { ...node, attributes: { perm: own }, inputs: [twin.name] },
    )
    return true
  }
}

function inverse(perm: Perm): Perm {
  return perm.map((_, axis) => perm.indexOf(axis))
}

function isSame(a: Perm, b: Perm): boolean {
  return a.length === b.length && a.every((axis, at) => axis === b[at])
}
