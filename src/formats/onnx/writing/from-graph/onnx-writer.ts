import { isOpen, isSame, plus } from '../../../../graph/sides/side'
import type { Side, Sides } from '../../../../graph/sides/side'
import type { DType, ValueName } from '../../../../graph/values'
import { atMost, NotWritable } from '../../../graph-writing/not-writable'
import { whole, wholes } from './written-attributes'
import type { WrittenAttribute } from './written-attributes'

/** Types of values: those of a graph, and what ONNX counts sides with, or rounds to. */
export type WireType = DType | 'int64' | 'float16'

/** A node of the file, or what is there without one; names are given when all are there. */
export interface WrittenNode {
  /** `Input`, `Weight` and `Constant` are no operators: they are inputs and initializers of the graph. */
  readonly op: string
  /** The layer that it carries out, or a part of it. */
  readonly layer: string
  readonly inputs: readonly (Wire | null)[]
  readonly attributes: Readonly<Record<string, WrittenAttribute>>
  readonly outputs: number
  /** What is held, where it is a weight or a constant. */
  readonly held: HeldWeight | HeldConstant | null
}

export interface HeldWeight {
  readonly kind: 'weight'
  readonly weight: ValueName
  readonly shape: readonly number[]
  /** null: as the model has it. */
  readonly turned: { readonly perm: readonly number[]; readonly shape: readonly number[] } | null
}

export interface HeldConstant {
  readonly kind: 'constant'
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** What is known of a value. */
interface Given {
  readonly sides: Sides
  readonly dtype: WireType
}

/** What a node gives. */
export interface Wire extends Given {
  readonly node: WrittenNode
  readonly output: number
}

/** More would be none that somebody loads. */
const MOST_NODES = 50_000

/** Numbers of TensorProto.DataType. */
export const dataTypes: { readonly [Type in WireType]: number } = {
  ...{ float32: 1, int32: 6, int64: 7, string: 8, bool: 9, float16: 10 },
}

/** Puts the nodes of a graph of ONNX together, one after the other. */
export class OnnxWriter {
  readonly nodes: WrittenNode[] = []
  /** Whose nodes are written. */
  layer = ''
  private readonly wires = new Map<ValueName, Wire>()
  private readonly constants = new Map<string, Wire>()
  private readonly turnedWeights = new Map<string, Wire>()
  /** Where a side that is not fixed can be read: axis and value. */
  private readonly open = new Map<string, { readonly wire: Wire; readonly axis: number }>()
  private readonly counted = new Map<string, Wire>()

  /** @param opset version of the operators that are written */
  constructor(readonly opset: number) {}

  /** @throws NotWritable where the value has no known number of axes */
  wire(value: ValueName): Wire {
    const wire = this.wires.get(value)
    if (wire === undefined) throw new NotWritable('unknown')
    return wire
  }

  bind(value: ValueName, wire: Wire): void {
    this.wires.set(value, wire)
    wire.sides.forEach((side, axis) => {
      if (!isOpen(side) || side.times !== 1 || side.names.length !== 1) return
      const [name = ''] = side.names
      if (!this.open.has(name)) this.open.set(name, { wire, axis })
    })
  }

  node(
    op: string,
    inputs: readonly (Wire | null)[],
    attributes: Readonly<Record<string, WrittenAttribute>>,
    given: Given,
  ): Wire {
    const [wire] = this.parts(op, inputs, attributes, [given])
    if (wire === undefined) throw new NotWritable('unknown')
    return wire
  }

  /** Several values of one node. */
  parts(
    op: string,
    inputs: readonly (Wire | null)[],
    attributes: Readonly<Record<string, WrittenAttribute>>,
    given: readonly Given[],
  ): Wire[] {
    const outputs = given.length
    const node = { op, layer: this.layer, inputs, attributes, outputs, held: null }
    atMost(this.nodes.push(node), MOST_NODES)
    return given.map(({ dtype, sides }, output) => ({ node, output, sides, dtype }))
  }

  /** An operator without settings. @param given of the first input where left out */
  one(op: string, inputs: readonly Wire[], given: Given = inputs[0] ?? nothing): Wire {
    return this.node(op, inputs, {}, given)
  }

  /** What is no operator. */
  held(op: 'Input' | 'Weight' | 'Constant', held: WrittenNode['held'], given: Given): Wire {
    const node = { op, layer: '', inputs: [], attributes: {}, outputs: 1, held }
    return { node, output: 0, sides: given.sides, dtype: given.dtype }
  }

  weight(weight: ValueName, shape: readonly number[], dtype: DType): Wire {
    const held = { kind: 'weight', weight, shape, turned: null } as const
    return this.held('Weight', held, { sides: shape, dtype })
  }

  /**
   * A value with its axes in this order, then with these sides. A weight is stored so, if nobody reads it otherwise.
   * @param sides those that it has where left out
   */
  turned(x: Wire, perm: readonly number[], sides?: Sides): Wire {
    const { held } = x.node
    const to = sides ?? perm.map((axis) => x.sides[axis] ?? null)
    if (held?.kind !== 'weight' || held.turned !== null)
      return this.reshape(this.transpose(x, perm), to)
    const shape = to.filter((side) => typeof side === 'number')
    if (isInOrder(perm) && shape.join() === held.shape.join()) return x
    const key = JSON.stringify([held.weight, perm, shape])
    const known = this.turnedWeights.get(key)
    if (known !== undefined) return known
    const turned = { ...held, turned: { perm, shape } }
    const wire = this.held('Weight', turned, { sides: shape, dtype: x.dtype })
    this.turnedWeights.set(key, wire)
    return wire
  }

  /** Numbers that the graph needs beside the weights: axes, sides, single numbers. Each content once. */
  constant(values: readonly number[], shape: readonly number[], dtype: WireType): Wire {
    const key = [dtype, shape.join(), values.map((one) => (Object.is(one, -0) ? '-0' : one))].join(
      ' ',
    )
    const known = this.constants.get(key)
    if (known !== undefined) return known
    const wire = this.held('Constant', { kind: 'constant', shape, values }, { sides: shape, dtype })
    this.constants.set(key, wire)
    return wire
  }

  /** Axes, places, sides. */
  wholes(values: readonly number[]): Wire {
    return this.constant(values, [values.length], 'int64')
  }

  number(value: number, dtype: WireType = 'float32'): Wire {
    return this.constant([value], [], dtype)
  }

  /** The same elements with other sides. */
  reshape(x: Wire, to: Sides): Wire {
    if (haveSameSides(x.sides, to)) return x
    return this.node('Reshape', [x, this.target(x, to)], {}, { sides: to, dtype: x.dtype })
  }

  /** 0 stands for the side at that place, -1 for what is left: at most one is. */
  private target(x: Wire, to: Sides): Wire {
    const known = to.map((side, axis) => {
      if (typeof side === 'number') return side === 0 ? null : side
      return isSame(side, x.sides[axis]) ? 0 : null
    })
    const left = known.filter((side) => side === null).length
    return left > 1 ? this.sizes(to) : this.wholes(known.map((side) => side ?? -1))
  }

  /** A list of sides, those that are not fixed read from values that have them. */
  sizes(sides: Sides): Wire {
    if (sides.every((side) => typeof side === 'number')) return this.wholes(sides)
    return this.concat(
      sides.map((side) => this.size(side)),
      0,
    )
  }

  /** A list of one side. */
  private size(side: Side): Wire {
    if (typeof side === 'number') return this.wholes([side])
    if (side === null) throw new NotWritable('openSides')
    const factors = side.names.map((name) => this.openSize(name))
    const all = side.times === 1 ? factors : [...factors, this.wholes([side.times])]
    return all.reduce((a, b) => this.one('Mul', [a, b]))
  }

  private openSize(name: string): Wire {
    const known = this.counted.get(name)
    if (known !== undefined) return known
    const source = this.open.get(name)
    if (source === undefined) throw new NotWritable('openSides')
    const { axis, wire } = source
    const given = { sides: [1], dtype: 'int64' } as const
    const size = this.node(
      'Gather',
      [this.shapeOf(wire), this.wholes([axis])],
      { axis: whole(0) },
      given,
    )
    this.counted.set(name, size)
    return size
  }

  shapeOf(x: Wire): Wire {
    return this.one('Shape', [x], { sides: [x.sides.length], dtype: 'int64' })
  }

  transpose(x: Wire, perm: readonly number[]): Wire {
    if (isInOrder(perm)) return x
    const { held } = x.node
    if (held?.kind === 'weight' && held.turned === null) return this.turned(x, perm)
    const sides = perm.map((axis) => x.sides[axis] ?? null)
    return this.node('Transpose', [x], { perm: wholes(perm) }, { sides, dtype: x.dtype })
  }

  cast(x: Wire, dtype: WireType): Wire {
    if (x.dtype === dtype) return x
    const { held } = x.node
    if (held?.kind === 'constant') {
      const isWhole = dtype === 'int32' || dtype === 'int64'
      const values = held.values.map((value) =>
        dtype === 'bool' ? Number(value !== 0) : isWhole ? Math.trunc(value) : value,
      )
      if (dtype !== 'float16') return this.constant(values, held.shape, dtype)
    }
    return this.node('Cast', [x], { to: whole(dataTypes[dtype]) }, { sides: x.sides, dtype })
  }

  /** Places [first, first + count) of an axis. */
  cut(x: Wire, axis: number, first: number, count: number): Wire {
    if (first === 0 && count === x.sides[axis]) return x
    const sides = x.sides.map((side, at) => (at === axis ? count : side))
    return this.sliced(x, [{ axis, first, end: first + count, step: 1 }], sides)
  }

  sliced(x: Wire, cuts: readonly Cut[], sides: Sides): Wire {
    const lists = [
      cuts.map(({ first }) => first),
      cuts.map(({ end }) => end),
      cuts.map(({ axis }) => axis),
      cuts.map(({ step }) => step),
    ].map((list) => this.wholes(list))
    return this.node('Slice', [x, ...lists], {}, { sides, dtype: x.dtype })
  }

  /** From the last place of an axis to the first. */
  reversed(x: Wire, axis: number): Wire {
    return this.sliced(x, [{ axis, first: -1, end: -FAR, step: -1 }], x.sides)
  }

  /** Without axes of one place. */
  squeeze(x: Wire, axes: readonly number[]): Wire {
    if (axes.length === 0) return x
    const sides = x.sides.filter((_, axis) => !axes.includes(axis))
    return this.node('Squeeze', [x, this.wholes(axes)], {}, { sides, dtype: x.dtype })
  }

  /** A side of one at these places of what is given. */
  unsqueeze(x: Wire, places: readonly number[]): Wire {
    if (places.length === 0) return x
    const sides = places
      .toSorted((a, b) => a - b)
      .reduce<Sides>((all, place) => [...all.slice(0, place), 1, ...all.slice(place)], x.sides)
    return this.node('Unsqueeze', [x, this.wholes(places)], {}, { sides, dtype: x.dtype })
  }

  concat(parts: readonly Wire[], axis: number): Wire {
    const [first] = parts
    if (first === undefined) throw new NotWritable('unknown')
    if (parts.length === 1) return first
    const sum = parts.reduce<Side>((all, { sides }) => plus(all, sides[axis]), 0)
    const sides = first.sides.map((side, at) => (at === axis ? sum : side))
    return this.node('Concat', parts, { axis: whole(axis) }, { sides, dtype: first.dtype })
  }

  stack(parts: readonly Wire[], axis: number): Wire {
    return this.concat(
      parts.map((part) => this.unsqueeze(part, [axis])),
      axis,
    )
  }

  /** Parts of these sizes along an axis. */
  split(x: Wire, sizes: readonly number[], axis: number): Wire[] {
    if (sizes.length === 1) return [x]
    const given = sizes.map((size) => ({
      sides: x.sides.map((side, at) => (at === axis ? size : side)),
      dtype: x.dtype,
    }))
    return this.parts('Split', [x, this.wholes(sizes)], { axis: whole(axis) }, given)
  }

  /** Places of an axis, of whole numbers of any kind; those below zero count from the end. */
  taken(x: Wire, indices: Wire, axis: number): Wire {
    const sides = [...x.sides.slice(0, axis), ...indices.sides, ...x.sides.slice(axis + 1)]
    const own = indices.dtype === 'int64' ? indices : this.cast(indices, 'int32')
    return this.node('Gather', [x, own], { axis: whole(axis) }, { sides, dtype: x.dtype })
  }

  /** Sides of one stretched to these. */
  spreadOver(x: Wire, sides: Sides): Wire {
    if (haveSameSides(x.sides, sides)) return x
    return this.node('Expand', [x, this.sizes(sides)], {}, { sides, dtype: x.dtype })
  }
}

interface Cut {
  readonly axis: number
  readonly first: number
  readonly end: number
  readonly step: number
}

/** So far places are counted where an end is not said. */
export const FAR = 2 ** 31 - 1

const nothing: Given = { sides: [], dtype: 'float32' }

function isInOrder(perm: readonly number[]): boolean {
  return perm.every((axis, at) => axis === at)
}

function haveSameSides(a: Sides, b: Sides): boolean {
  return a.length === b.length && a.every((side, at) => isSame(side, b[at]))
}
