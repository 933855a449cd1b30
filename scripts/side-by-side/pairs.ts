import type { Row } from './row'

/** What ours is held against, chosen by bits, scales and symmetry. */
export interface Pair {
  readonly tool: string
  readonly setting: string
  readonly ours: string
}

const ofOnnxruntime: readonly (readonly [string, string])[] = [
  ['dynamic int8 per tensor', '8 bits per tensor, symmetric, onnx'],
  ['dynamic int8 per channel', '8 bits per channel, onnx'],
  ['static QDQ int8 per tensor', '8 bits per tensor, symmetric, onnx'],
  ['static QDQ int8 per channel', '8 bits per channel, onnx'],
  ['static QDQ int4 weights per channel', '4 bits per channel, onnx'],
  ['MatMulNBits 8 bits in blocks of 32', '8 bits per channel, onnx'],
  ['MatMulNBits 4 bits in blocks of 32', '4 bits in blocks of 32, onnx'],
]

const ofConverter: readonly (readonly [string, string])[] = [
  ['float16', 'float16, tfjs, float16'],
  ['uint16', '8 bits per tensor, tfjs'],
  ['uint8', '8 bits per tensor, biases too, tfjs'],
]

const ofTflite: readonly (readonly [string, string])[] = [
  ['float16', 'float16, onnx, float16'],
  ['dynamic range', '8 bits per channel, onnx'],
  ['full int8', '8 bits per channel, onnx'],
]

const ofEdge: readonly (readonly [string, string])[] = [
  ['dynamic_wi8_afp32', '8 bits per channel, onnx'],
  ['weight_only_wi8_afp32', '8 bits per channel, onnx'],
  ['static_wi8_ai8', '8 bits per channel, onnx'],
  ['dynamic_wi4_afp32', '4 bits per channel, onnx'],
  ['weight_only_wi4_afp32', '4 bits per channel, onnx'],
  ['dynamic_wi4b32_afp32', '4 bits in blocks of 32, onnx'],
]

export const pairs: readonly Pair[] = Object.entries({
  onnxruntime: ofOnnxruntime,
  tensorflowjs_converter: ofConverter,
  'TFLite converter': ofTflite,
  'ai-edge-quantizer': ofEdge,
}).flatMap(([tool, list]) => list.map(([setting, ours]) => ({ tool, setting, ours })))

export type Measured = Row &
  Required<Pick<Row, 'bytes' | 'zipped' | 'seconds'>> & {
    readonly right: NonNullable<Row['right']>
  }

export function isMeasured(row: Row | undefined): row is Measured {
  return row?.right !== undefined && row.right !== null && row.zipped !== undefined
}
