import { isOpen, isSame, openSide, plus } from '../../../graph/sides/side'
import type { Side, Sides } from '../../../graph/sides/side'
import type { DType, ValueName } from '../../../graph/values'
import { atMost, NotWritable } from '../../graph-writing/not-writable'
import { flag, tensorShape, type, typeName, whole, wholeList } from './written-attributes'
import type { WrittenAttribute } from './written-attributes'

/** A node of the file; its name is given when all are there. */
export interface WrittenNode {
  readonly op: string
  /** The layer that it carries out, or a part of it. */
  readonly layer: string
  readonly inputs: readonly Wire[]
  readonly attributes: Readonly<Record<string, WrittenAttribute>>
  /** Said beforehand: inputs, weights. */
  readonly name: string | null
}

/** What is known of a value. */
interface Given {
  readonly sides: Sides
  readonly dtype: DType
}

/** What a node gives. */
export interface Wire extends Given {
  readonly node: WrittenNode
  readonly output: number
}

/** Numbers that the graph needs beside the weights: axes, sides, single numbers. */
export interface WrittenConstant {
  readonly node: WrittenNode
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array
}

/** More would be none that somebody loads. */
const MOST_NODES = 50_000

/** Puts the nodes of a graph of TensorFlow together, one after the other. */
export class GraphWriter {
  readonly nodes: WrittenNode[] = []
  readonly constants: WrittenConstant[] = []
  /** Whose nodes are written. */
  layer = ''
  private readonly wires = new Map<ValueName, Wire>()
  private readonly held = new Map<string, Wire>()
  /** Where a side that is not fixed can be read: axis and value. */
  private readonly open = new Map<string, { readonly wire: Wire; readonly axis: number }>()
  private readonly counted = new Map<string, Wire>()

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
    inputs: readonly Wire[],
    attributes: Readonly<Record<string, WrittenAttribute>>,
    given: Given,
  ): Wire {
    return this.named(null, op, inputs, attributes, given)
  }

  /** Several values of one node. */
  parts(
    op: string,
    inputs: readonly Wire[],
    attributes: Readonly<Record<string, WrittenAttribute>>,
    given: readonly Given[],
  ): Wire[] {
    const node = this.added({ op, layer: this.layer, inputs, attributes, name: null })
    return given.map(({ dtype, sides }, output) => ({ node, output, sides, dtype }))
  }

  named(
    name: string | null,
    op: string,
    inputs: readonly Wire[],
    attributes: Readonly<Record<string, WrittenAttribute>>,
    given: Given,
  ): Wire {
    const node = this.added({ op, layer: this.layer, inputs, attributes, name })
    return { node, output: 0, sides: given.sides, dtype: given.dtype }
  }

  private added(node: WrittenNode): WrittenNode {
    atMost(this.nodes.push(node), MOST_NODES)
    return node
  }

  /** A tensor of the file under a name of its own. */
  constantNode(name: string | null, shape: readonly number[], dtype: DType): Wire {
    const tensor = { dtype: typeName(dtype), tensorShape: tensorShape(shape) }
    const attributes = { dtype: type(dtype), value: { tensor } }
    return this.named(name, 'Const', [], attributes, { sides: shape, dtype })
  }

  wholes(values: readonly number[], shape: readonly number[] = [values.length]): Wire {
    return this.constant(Int32Array.from(values), shape, 'int32')
  }

  /** What is infinite or no number is a quotient, since weights of files have to be finite: a mask of attention, for one. */
  reals(values: readonly number[], shape: readonly number[]): Wire {
    if (values.every(Number.isFinite))
      return this.constant(Float32Array.from(values), shape, 'float32')
    const above = values.map((value) => (Number.isFinite(value) ? value : Math.sign(value) || 0))
    const below = this.wholes(
      values.map((value) => (Number.isFinite(value) ? 1 : 0)),
      shape,
    )
    const whole = above.every(Number.isInteger)
    const dividend = whole
      ? this.cast(this.wholes(above, shape), 'float32')
      : this.reals(above, shape)
    return this.one('RealDiv', [dividend, this.cast(below, 'float32')])
  }

  number(value: number, dtype: DType = 'float32'): Wire {
    return dtype === 'float32' ? this.reals([value], []) : this.wholes([value], [])
  }

  /** Each content once. */
  private constant(
    values: Float32Array | Int32Array,
    shape: readonly number[],
    dtype: DType,
  ): Wire {
    const key = [dtype, shape.join(), values.join()].join(' ')
    const known = this.held.get(key)
    if (known !== undefined) return known
    const wire = this.constantNode(null, shape, dtype)
    this.constants.push({ node: wire.node, shape, values })
    this.held.set(key, wire)
    return wire
  }

  /** The same elements with other sides; of those that are not fixed at most one is left to be worked out. */
  reshape(x: Wire, to: Sides): Wire {
    if (haveSameSides(x.sides, to)) return x
    const sizes = to.filter((side) => typeof side !== 'number').length > 1
    const known = to.map((side) => (typeof side === 'number' ? side : -1))
    const list = sizes ? this.sizes(to) : this.wholes(known)
    return this.node('Reshape', [x, list], { T: type(x.dtype) }, { sides: to, dtype: x.dtype })
  }

  /** A list of sides, those that are not fixed read from values that have them. */
  sizes(sides: Sides): Wire {
    if (sides.every((side) => typeof side === 'number')) return this.wholes(sides)
    const parts = sides.map((side) => this.size(side))
    return this.node(
      'Pack',
      parts,
      { T: type('int32'), N: whole(parts.length), axis: whole(0) },
      { sides: [sides.length], dtype: 'int32' },
    )
  }

  private size(side: Side): Wire {
    if (typeof side === 'number') return this.number(side, 'int32')
    if (side === null) throw new NotWritable('openSides')
    const factors = side.names.map((name) => this.openSize(name))
    const all = side.times === 1 ? factors : [...factors, this.number(side.times, 'int32')]
    return all.reduce((a, b) => this.one('Mul', [a, b], { sides: [], dtype: 'int32' }))
  }

  /** A value whose sides can all be asked for while it runs, also those of which nothing is known. */
  withNamedSides(x: Wire): Wire {
    const sides = x.sides.map((side, axis): Side => {
      if (side !== null) return side
      const name = `of value ${this.open.size}`
      this.open.set(name, { wire: x, axis })
      return openSide(name)
    })
    return { ...x, sides }
  }

  private openSize(name: string): Wire {
    const known = this.counted.get(name)
    if (known !== undefined) return known
    const source = this.open.get(name)
    if (source === undefined) throw new NotWritable('openSides')
    const { axis, wire } = source
    const shape = this.shapeOf(wire)
    const bounds = [axis, axis + 1, 1].map((place) => this.wholes([place]))
    const size = this.strided([shape, ...bounds], 0, { sides: [], dtype: 'int32' }, 1)
    this.counted.set(name, size)
    return size
  }

  /**
   * [x, first places, ends, steps], one for each axis.
   * @param uncut bits of axes that are taken from their very beginning to their very end
   * @param single bits of axes of which one place is taken, and which go
   */
  strided(inputs: readonly Wire[], uncut: number, given: Given, single = 0): Wire {
    const masks = { begin_mask: whole(uncut), end_mask: whole(uncut), ...noMasks }
    const types = { T: type(given.dtype), Index: type('int32') }
    return this.node(
      'StridedSlice',
      inputs,
      { ...types, ...masks, shrink_axis_mask: whole(single) },
      given,
    )
  }

  shapeOf(x: Wire): Wire {
    const given = { sides: [x.sides.length], dtype: 'int32' as const }
    return this.node('Shape', [x], { T: type(x.dtype), out_type: type('int32') }, given)
  }

  /** An operator without settings. @param given of the first input where left out */
  one(op: string, inputs: readonly Wire[], given: Given = inputs[0] ?? nothing): Wire {
    const { sides, dtype } = given
    return this.node(op, inputs, { T: type(inputs[0]?.dtype ?? dtype) }, { sides, dtype })
  }

  transpose(x: Wire, perm: readonly number[]): Wire {
    if (perm.every((axis, at) => axis === at)) return x
    const sides = perm.map((axis) => x.sides[axis] ?? null)
    const attributes = { T: type(x.dtype), Tperm: type('int32') }
    return this.node('Transpose', [x, this.wholes(perm)], attributes, { sides, dtype: x.dtype })
  }

  cast(x: Wire, dtype: DType): Wire {
    if (x.dtype === dtype) return x
    const attributes = { SrcT: type(x.dtype), DstT: type(dtype), Truncate: flag(false) }
    return this.node('Cast', [x], attributes, { sides: x.sides, dtype })
  }

  /** Places [first, first + count) of an axis; to its end where count is null. */
  cut(x: Wire, axis: number, first: number, count: number): Wire {
    if (first === 0 && count === x.sides[axis]) return x
    const begin = x.sides.map((_, at) => (at === axis ? first : 0))
    const size = x.sides.map((_, at) => (at === axis ? count : -1))
    const sides = x.sides.map((side, at) => (at === axis ? count : side))
    const attributes = { T: type(x.dtype), Index: type('int32') }
    const inputs = [x, this.wholes(begin), this.wholes(size)]
    return this.node('Slice', inputs, attributes, { sides, dtype: x.dtype })
  }

  /** Without axes of one place. */
  squeeze(x: Wire, axes: readonly number[]): Wire {
    if (axes.length === 0) return x
    const sides = x.sides.filter((_, axis) => !axes.includes(axis))
    const attributes = { T: type(x.dtype), squeeze_dims: wholeList(axes) }
    return this.node('Squeeze', [x], attributes, { sides, dtype: x.dtype })
  }

  concat(parts: readonly Wire[], axis: number): Wire {
    const [first] = parts
    if (first === undefined) throw new NotWritable('unknown')
    if (parts.length === 1) return first
    const sum = parts.reduce<Side>((all, { sides }) => plus(all, sides[axis]), 0)
    const sides = first.sides.map((side, at) => (at === axis ? sum : side))
    const attributes = { T: type(first.dtype), N: whole(parts.length), Tidx: type('int32') }
    const inputs = [...parts, this.number(axis, 'int32')]
    return this.node('ConcatV2', inputs, attributes, { sides, dtype: first.dtype })
  }

  stack(parts: readonly Wire[], axis: number): Wire {
    const [first] = parts
    if (first === undefined) throw new NotWritable('unknown')
    const sides = [...first.sides.slice(0, axis), parts.length, ...first.sides.slice(axis)]
    const attributes = { T: type(first.dtype), N: whole(parts.length), axis: whole(axis) }
    return this.node('Pack', parts, attributes, { sides, dtype: first.dtype })
  }
}

/**
 * What a fused operator may add. The backend of WebAssembly goes by the shape in which the numbers were made: of those
 * that were put into another since it takes none.
 */
export function isFusedBias({ node, sides }: Wire): boolean {
  return sides.length === 1 && (node.op === 'Const' || node.op === 'Split')
}

/** What no slice is given here. */
const noMasks = { ellipsis_mask: whole(0), new_axis_mask: whole(0) }

const nothing = { sides: [], dtype: 'float32' as const }

export function haveSameSides(a: Sides, b: Sides): boolean {
  return a.length === b.length && a.every((side, at) => isSame(side, b[at]))
}
