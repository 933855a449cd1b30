/** Nets of ONNX that compute with halves, as converters to float16 leave them. */
import { numberToFloat16 } from '../../src/core/float16'
import type { FileBundle } from '../../src/files/file-bundle'
import { message, node, onnxFile } from './onnx-writer'
import type { Field } from './onnx-writer'

/** TensorProto.DataType of float16. */
const FLOAT16 = 10

/** An initializer of waves, others for each place to begin. */
export function halves(name: string, dims: readonly number[], from = 0): Field {
  const length = dims.reduce((all, side) => all * side, 1)
  const values = Uint16Array.from({ length }, (_, at) => numberToFloat16(Math.sin(from + 1.7 * at)))
  return [
    5,
    message(
      ...dims.map((side): Field => [1, side]),
      [2, FLOAT16],
      [8, name],
      [9, new Uint8Array(values.buffer)],
    ),
  ]
}

export function halfPort(name: string, sides: readonly (number | string)[]): Uint8Array {
  const shape = message(
    ...sides.map((side): Field => [1, message([typeof side === 'number' ? 1 : 2, side])]),
  )
  return message([1, name], [2, message([1, message([1, FLOAT16], [2, shape])])])
}

/** Pictures of 8 by 8 with two channels, a kernel, a matrix and six classes. */
export function halfNet(): FileBundle {
  const graph = message(
    [1, node('Conv', ['x', 'conv', 'conv.bias'], ['seen'])],
    [1, node('Relu', ['seen'], ['bent'])],
    [1, node('Flatten', ['bent'], ['flat'])],
    [1, node('Gemm', ['flat', 'head', 'head.bias'], ['sums'])],
    [1, node('Softmax', ['sums'], ['y'])],
    halves('conv', [8, 2, 3, 3]),
    halves('conv.bias', [8], 1),
    halves('head', [8 * 36, 6], 2),
    halves('head.bias', [6], 3),
    [11, halfPort('x', ['n', 2, 8, 8])],
    [12, halfPort('y', ['n', 6])],
  )
  return onnxFile(message([1, 7], [2, 'test'], [8, message([2, 13])], [7, graph]))
}
