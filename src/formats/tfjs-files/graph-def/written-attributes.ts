import type { DType } from '../../../graph/values'

/** An attribute of a node as TensorFlow puts it in JSON: whole numbers as texts, texts in base64. */
export type WrittenAttribute = Readonly<Record<string, unknown>>

/** The words that operators are given, as the JSON of TensorFlow has them. */
const words = {
  BiasAdd: 'Qmlhc0FkZA==',
  EXPLICIT: 'RVhQTElDSVQ=',
  Identity: 'SWRlbnRpdHk=',
  NDHWC: 'TkRIV0M=',
  NHWC: 'TkhXQw==',
  REFLECT: 'UkVGTEVDVA==',
  SAME: 'U0FNRQ==',
  SYMMETRIC: 'U1lNTUVUUklD',
  VALID: 'VkFMSUQ=',
} as const

export type Word = keyof typeof words

const types: { readonly [Type in DType]: string } = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
  string: 'DT_STRING',
}

export function typeName(dtype: DType): string {
  return types[dtype]
}

export function type(dtype: DType): WrittenAttribute {
  return { type: types[dtype] }
}

export function word(name: Word): WrittenAttribute {
  return { s: words[name] }
}

export function wordList(names: readonly Word[]): WrittenAttribute {
  return { list: { s: names.map((name) => words[name]) } }
}

export function whole(value: number): WrittenAttribute {
  return { i: String(value) }
}

export function wholeList(values: readonly number[]): WrittenAttribute {
  return { list: values.length === 0 ? {} : { i: values.map(String) } }
}

export function real(value: number): WrittenAttribute {
  return { f: value }
}

export function flag(value: boolean): WrittenAttribute {
  return { b: value }
}

/** Sides, -1 for one that is open; null: not even how many there are. */
export function tensorShape(sides: readonly number[] | null): object {
  return sides === null
    ? { unknownRank: true }
    : { dim: sides.map((side) => ({ size: String(side) })) }
}
