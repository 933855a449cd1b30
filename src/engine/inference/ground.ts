import { shapesOf } from '../../graph/shapes-of'
import type { ModelGraph } from '../../graph/graph'
import { liveNodes } from '../../graph/live-nodes'
import type { GraphNode } from '../../graph/operators'
import { readersOf } from '../../graph/readers-of'
import type { Shape, ValueName } from '../../graph/values'

/** A node, or a setting of it, that has no step here. */
export class NoStep extends Error {
  constructor(
    readonly layer: string,
    why: string,
  ) {
    super(`${layer}: ${why}`)
  }
}

/** What steps are made from: shapes of one sample, who reads what, and which memory a value lies in. */
export class Ground {
  readonly nodes: readonly GraphNode[]
  readonly still: ReadonlySet<ValueName>
  private readonly shapes: ReadonlyMap<ValueName, Shape>
  private readonly shapesOfTwo: ReadonlyMap<ValueName, Shape>
  private readonly readers: ReadonlyMap<ValueName, readonly GraphNode[]>
  private readonly outputs: ReadonlySet<ValueName>
  /** Values that are the same memory as another. */
  private readonly roots = new Map<ValueName, ValueName>()
  private readonly made = new Set<ValueName>()

  constructor(readonly graph: ModelGraph) {
    const given = (batch: number): ReadonlyMap<ValueName, Shape> =>
      new Map(
        graph.inputs.map(({ value, shape }) => [value, [batch, ...(shape ?? [null]).slice(1)]]),
      )
    this.nodes = liveNodes(graph)
    this.shapes = shapesOf(graph, given(1))
    this.shapesOfTwo = shapesOf(graph, given(2))
    this.readers = readersOf(this.nodes)
    this.outputs = new Set(graph.outputs)
    const still = new Set([...graph.parameters.keys(), ...graph.constants.keys()])
    for (const { inputs, op, outputs } of this.nodes)
      if (op !== 'noise' && inputs.every((name) => name === null || still.has(name)))
        for (const name of outputs) still.add(name)
    this.still = still
    for (const { value } of graph.inputs) this.made.add(value)
  }

  /** Sides of a value without its batch. @throws NoStep where one is not known, or samples do not stand apart */
  sidesOf(name: ValueName | null | undefined, layer: string): readonly number[] {
    const one = this.shapes.get(name ?? '')
    const two = this.shapesOfTwo.get(name ?? '')
    const isPlain =
      one?.[0] === 1 &&
      two?.[0] === 2 &&
      one.length === two.length &&
      one.every((side, at) => side !== null && (at === 0 || side === two[at]))
    if (!isPlain) throw new NoStep(layer, 'samples do not stand apart, or a side is open')
    return one.slice(1).map(Number)
  }

  /** The shape of weights, or of what is made of them alone. */
  stillShape(name: ValueName, layer: string): readonly number[] {
    const shape = this.shapes.get(name)
    if (shape === undefined || shape.includes(null)) throw new NoStep(layer, 'a side is open')
    return shape.map(Number)
  }

  /** The one node that reads a value, which nobody else wants; null where there is none, or several. */
  onlyReader(name: ValueName): GraphNode | null {
    const [reader, ...others] = this.readers.get(name) ?? []
    return others.length === 0 && !this.outputs.has(name) ? (reader ?? null) : null
  }

  isMade(name: ValueName): boolean {
    return this.made.has(name)
  }

  /** Something gives it now. */
  make(name: ValueName): void {
    this.made.add(name)
  }

  /** The same numbers under another name, or in another shape. */
  view(name: ValueName, of: ValueName): void {
    this.roots.set(name, this.rootOf(of))
    this.made.add(name)
  }

  rootOf(name: ValueName): ValueName {
    return this.roots.get(name) ?? name
  }
}

export function sizeOf(sides: readonly number[]): number {
  return sides.reduce((product, side) => product * side, 1)
}
