import type { ValueName } from '../../../graph/values'
import type { OnnxNode, OnnxType } from '../onnx-model'
import { typeOf } from '../read-tensor'

const truths: ReadonlySet<string> = new Set([
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'IsNaN', 'IsInf'],
  ...['And', 'Or', 'Xor', 'Not'],
])

const counts: ReadonlySet<string> = new Set([
  ...['Shape', 'Size', 'ArgMax', 'ArgMin', 'NonZero', 'NonMaxSuppression'],
])

/** Operators that give the type of another input than their first. */
const likes: ReadonlyMap<string, number> = new Map([
  ...([
    ['Where', 1],
    ['OneHot', 2],
    ['CastLike', 1],
    ['DequantizeLinear', 1],
  ] as const),
])

/** Outputs behind the first that are of another type than it. */
const others: ReadonlyMap<string, OnnxType> = new Map<string, OnnxType>([
  ['TopK', 'I64'],
  ['MaxPool', 'I64'],
  ['Dropout', 'BOOL'],
])

/** The type that a file means each value to have, so far as it says so: graphs here know one of whole and one of real numbers. */
export class ElementTypes {
  /** Of codes that a graph holds as real numbers. */
  private readonly codes = new Map<ValueName, OnnxType>()

  constructor(private readonly types: Map<ValueName, OnnxType>) {}

  of(name: ValueName | undefined): OnnxType | null {
    return this.types.get(name ?? '') ?? null
  }

  /** The type of codes, however a graph holds them. */
  ofCodes(name: ValueName): OnnxType | null {
    return this.codes.get(name) ?? this.of(name)
  }

  /** A value is one of real numbers, whatever the file means by it. @param codes the type that the file means */
  addReal(name: ValueName, codes: OnnxType | null = null): void {
    this.types.set(name, 'F32')
    if (codes !== null) this.codes.set(name, codes)
  }

  addNode(node: OnnxNode): void {
    node.outputs.forEach((output, place) => {
      const type = place === 0 ? this.first(node) : (others.get(node.op) ?? this.first(node))
      if (type !== null && node.domain === '') this.types.set(output, type)
    })
  }

  private first({ op, inputs, attributes }: OnnxNode): OnnxType | null {
    if (truths.has(op)) return 'BOOL'
    if (counts.has(op)) return 'I64'
    const to = attributes.get('to')
    if (op === 'Cast') return to?.kind === 'whole' ? typeOf(to.value) : null
    if (op === 'Constant')
      return [...attributes.keys()].some((name) => name.includes('int')) ? 'I64' : 'F32'
    if (op !== 'ConstantOfShape') return this.of(inputs[likes.get(op) ?? 0])
    const value = attributes.get('value')
    return value?.kind === 'tensor' ? value.value.type : 'F32'
  }
}

/** The least and the largest whole number of each type that has some. */
const ranges: { readonly [Type in OnnxType]?: readonly [number, number] } = {
  BOOL: [0, 1],
  ...{ UINT2: [0, 3], INT2: [-2, 1], UINT4: [0, 15], INT4: [-8, 7], U8: [0, 255], I8: [-128, 127] },
  ...{ U16: [0, 2 ** 16 - 1], I16: [-(2 ** 15), 2 ** 15 - 1] },
  ...{ U32: [0, 2 ** 32 - 1], I32: [-(2 ** 31), 2 ** 31 - 1] },
  ...{ U64: [0, 2 ** 64], I64: [-(2 ** 63), 2 ** 63] },
}

export function isWhole(type: OnnxType): boolean {
  return type !== 'BOOL' && ranges[type] !== undefined
}

/** Whether every number of one type is one of the other. */
export function fits(from: OnnxType, to: OnnxType): boolean {
  const [own, room] = [ranges[from], ranges[to]]
  return own !== undefined && room !== undefined && own[0] >= room[0] && own[1] <= room[1]
}

/** Of types that are narrower than what a graph computes whole numbers with. */
export function wrapping(
  type: OnnxType,
): { readonly bits: number; readonly signed: boolean } | null {
  const [least, most] = ranges[type] ?? [0, Infinity]
  return !isWhole(type) || most > 2 ** 16
    ? null
    : { bits: Math.round(Math.log2(most - least + 1)), signed: least < 0 }
}
