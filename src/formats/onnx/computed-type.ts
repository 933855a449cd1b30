import type { DType } from '../../graph/values'
import type { OnnxType } from './onnx-model'

/** What a graph computes with for a type of ONNX; null: with nothing of it. */
export function computedType(type: OnnxType): Exclude<DType, 'string'> | null {
  if (type === 'STRING' || /^C\d/.test(type)) return null
  if (type === 'BOOL') return 'bool'
  return /^B?F/.test(type) ? 'float32' : 'int32'
}
