import type { BundleFile } from '../../src/files/file-bundle'
import { isWhole } from '../../src/formats/onnx/lowering/element-types'
import { elementCount } from '../../src/core/tensor-spec'
import { shortNumbers } from '../../src/formats/onnx/code-types'
import { computedType } from '../../src/formats/onnx/computed-type'
import { OnnxSource } from '../../src/formats/onnx/onnx-source'
import { readTensor } from '../../src/formats/onnx/read-tensor'
import { numbersOf, sizeOf, tensorReader } from '../../src/formats/onnx/tensor-bytes'

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
  if (!(isWhole(type) || ['F32', 'F64', 'BOOL'].includes(type)) || shape.includes(0)) return null
  const bytes = await (
    await tensorReader(tensor, { model: file, external: new Map() })
  )(0, sizeOf(tensor))
  const values = numbersOf(type, bytes) ?? shortNumbers(type, bytes, elementCount(shape))
  const dtype = computedType(type)
  return values === null || dtype === null ? null : { shape, dtype, values }
}
