/** Broken models of ONNX, and both sentences that each must meet. */
import type { FileBundle } from '../../src/files/file-bundle'
import { floatTensor, message, onnxFile, onnxModel, product } from './onnx-writer'
import type { Field } from './onnx-writer'
import type { BrokenCase } from './refusals'

/** A fact in English and in Chinese; names and numbers are alike in both. */
export type Fact = string | readonly [english: string, chinese: string]

const english = (fact: Fact): string => (typeof fact === 'string' ? fact : fact[0])
/** Set apart from the Chinese word before it, where it begins with none. */
const chinese = (fact: Fact): string => {
  const said = typeof fact === 'string' ? fact : fact[1]
  return /^\p{Script=Han}/u.test(said) ? said : ` ${said}`
}

export const nothing = ['nothing', '什么也没有'] as const
export const aNumber = ['a number', '数'] as const
export const aMessage = ['a message', '消息'] as const
export const aName = ['a name', '名称'] as const
export const ownName = ['a name of its own', '独有的名称'] as const
export const before = ['inputs that nodes before it give', '由前面的节点给出的输入'] as const
export const fitting = ['inputs whose sides fit together', '边长彼此相容的输入'] as const
export const aType = ['a known data_type', '已知的 data_type'] as const

/** @param facts the field, what is expected of it, and what was found */
export function field(
  name: string,
  files: BrokenCase['files'],
  [place, expected, found]: readonly [Fact, Fact, Fact],
): BrokenCase {
  return {
    ...{ name, files, code: 'open/onnx-field' },
    message: `net.onnx, ${english(place)}: expected ${english(expected)}, found ${english(found)}.`,
    chinese: `net.onnx 的${chinese(place)}：应为${chinese(expected)}，实际为${chinese(found)}。`,
  }
}

export function damaged(
  name: string,
  bytes: Uint8Array,
  [place, reason]: readonly [Fact, Fact],
): BrokenCase {
  return {
    ...{ name, files: () => onnxFile(bytes), code: 'open/onnx-damaged' },
    message: `net.onnx, ${english(place)}: ${english(reason)}.`,
    chinese: `net.onnx 的${chinese(place)}：${chinese(reason).trimStart()}。`,
  }
}

export const atByte = (byte: number): Fact => [`byte ${byte}`, `第 ${byte} 字节`]
export const bytes = (count: number): Fact => [`${count} bytes`, `${count} 字节`]

/** The product, with one weight more. */
export const withWeight = (weight: Uint8Array) => (): FileBundle =>
  onnxFile(onnxModel(...product, [5, weight]))

/** The product, with one node more. */
export const withNode = (node: Uint8Array) => (): FileBundle =>
  onnxFile(onnxModel(...product, [1, node]))

/** A weight in another file. */
export const external = (...entries: readonly (readonly [string, string])[]): Uint8Array =>
  floatTensor(
    'v',
    [4],
    ...entries.map(([key, value]): Field => [13, message([1, key], [2, value])]),
    [14, 1],
  )
