import type { BundleFile } from '../../src/files/file-bundle'
import { OnnxSource } from '../../src/formats/onnx/onnx-source'
import { readTensor } from '../../src/formats/onnx/read-tensor'
import { sizeOf, tensorReader, wholeNumbers } from '../../src/formats/onnx/tensor-bytes'
import { decodeFloats, isElementType, isFloat } from '../../src/formats/named-weights/element-types'

export interface OnnxNumbers {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32' | 'bool'
  readonly values: readonly number[]
}

/** A file that holds one tensor, as the tests of ONNX do; null: of a type that nothing here computes with, or empty. */
export async function numbersIn(file: BundleFile): Promise<OnnxNumbers | null> {
  const source = new OnnxSource(file)
  const tensor = await readTensor(source.wire.whole(), source, 'tensor')
  const { shape, type } = tensor
  if (!['F32', 'F64', 'I32', 'I64', 'BOOL'].includes(type) || shape.includes(0)) return null
  const bytes = await (
    await tensorReader(tensor, { model: file, external: new Map() })
  )(0, sizeOf(tensor))
  if (isElementType(type) && isFloat(type))
    return { shape, dtype: 'float32', values: [...decodeFloats(type, bytes)] }
  const wholes = wholeNumbers(type, bytes)
  return wholes === null
    ? null
    : { shape, dtype: type === 'BOOL' ? 'bool' : 'int32', values: wholes }
}
