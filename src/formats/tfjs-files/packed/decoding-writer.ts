import { inPieces } from '../stored-values'
import { flag, tensorShape, type, typeName, whole } from '../graph-def/written-attributes'
import type { WrittenAttribute } from '../graph-def/written-attributes'
import type { StoredForm } from '../../exporter'

/** A constant of which a weight is made when the graph runs. */
export interface PackedPart extends Pick<StoredForm, 'bytes' | 'length' | 'content'> {
  /** Behind the name of its weight. */
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
  /** Whole numbers from zero are held in as few bytes as they need. */
  readonly storedAs: 'float32' | 'int32' | 'uint16' | 'uint8'
}

/** A node that makes something of them; its inputs are the names of parts and of nodes before it. */
interface DecodingNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly attributes: Readonly<Record<string, WrittenAttribute>>
}

/** How a graph makes a weight of constants. */
export interface Decoding {
  readonly parts: readonly PackedPart[]
  /** The last of them gives the weight. */
  readonly nodes: readonly DecodingNode[]
}

/** Constants and nodes of one weight, one after the other. */
export class DecodingWriter {
  readonly parts: PackedPart[] = []
  readonly nodes: DecodingNode[] = []

  /** Whole numbers of so many bytes each. */
  codes(
    name: string,
    shape: readonly number[],
    width: 1 | 2 | 4,
    length: number,
    held: (from: number, to: number) => Uint8Array | Uint16Array | Int32Array,
  ): string {
    const storedAs = width === 1 ? 'uint8' : width === 2 ? 'uint16' : 'int32'
    this.parts.push({ name, shape, dtype: 'int32', storedAs, ...inPieces(width, length, held) })
    return name
  }

  /** Whole numbers from zero, made when they are written. */
  counted(
    name: string,
    shape: readonly number[],
    length: number,
    largest: number,
    at: (index: number) => number,
  ): string {
    const width = largest < 2 ** 8 ? 1 : largest < 2 ** 16 ? 2 : 4
    return this.codes(name, shape, width, length, (from, to) => {
      const values = new (width === 1 ? Uint8Array : width === 2 ? Uint16Array : Int32Array)(
        to - from,
      )
      for (let index = from; index < to; index++) values[index - from] = at(index)
      return values
    })
  }

  /** Few whole numbers: sides, an axis, a divisor. */
  wholes(
    name: string,
    values: readonly number[],
    shape: readonly number[] = [values.length],
  ): string {
    const all = Int32Array.from(values)
    return this.codes(name, shape, 4, all.length, (from, to) => all.subarray(from, to))
  }

  reals(
    name: string,
    shape: readonly number[],
    length: number,
    held: (from: number, to: number) => Float32Array,
  ): string {
    this.parts.push({
      ...{ name, shape, dtype: 'float32', storedAs: 'float32' },
      ...inPieces(4, length, held),
    })
    return name
  }

  /** An operator of elements. */
  each(name: string, op: string, inputs: readonly string[], of: 'float32' | 'int32'): string {
    return this.node(name, op, inputs, { T: type(of) })
  }

  reshape(name: string, x: string, sides: string, of: 'float32' | 'int32'): string {
    return this.node(name, 'Reshape', [x, sides], { T: type(of), Tshape: type('int32') })
  }

  /** The first places of a list. */
  slice(name: string, x: string, begin: string, size: string): string {
    return this.node(name, 'Slice', [x, begin, size], { T: type('int32'), Index: type('int32') })
  }

  pair(name: string, first: string, second: string): string {
    const attributes = { T: type('int32'), N: whole(2), axis: whole(0) }
    return this.node(name, 'Pack', [first, second], attributes)
  }

  real(name: string, x: string): string {
    const attributes = { SrcT: type('int32'), DstT: type('float32'), Truncate: flag(false) }
    return this.node(name, 'Cast', [x], attributes)
  }

  lookedUp(
    name: string,
    table: string,
    places: string,
    axis: string,
    of: 'float32' | 'int32',
  ): string {
    return this.node(name, 'GatherV2', [table, places, axis], {
      ...{ Tparams: type(of), Tindices: type('int32'), Taxis: type('int32') },
      batch_dims: whole(0),
    })
  }

  private node(
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: DecodingNode['attributes'],
  ): string {
    this.nodes.push({ name, op, inputs, attributes })
    return name
  }
}

/** A constant as a node: its values stand in the manifest. */
export function constantEntry(
  name: string,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
): object {
  const tensor = { dtype: typeName(dtype), tensorShape: tensorShape(shape) }
  return { name, op: 'Const', attr: { dtype: type(dtype), value: { tensor } } }
}
