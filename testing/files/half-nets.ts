/** Nets of ONNX that compute with other floats than float32: halves, as converters to float16 leave them, and those of 64 bits. */
import type { FileBundle } from '../../src/files/file-bundle'
import { encodeFloats } from '../../src/formats/named-weights/element-types'
import { message, node, onnxFile } from './onnx-writer'
import type { Field } from './onnx-writer'

/** TensorProto.DataType. */
const typeNumbers = { F16: 10, F64: 11, BF16: 16 } as const
export type FloatsOf = keyof typeof typeNumbers

/** An initializer of waves, others for each place to begin. */
export function waves(type: FloatsOf, name: string, dims: readonly number[], from = 0): Field {
  const length = dims.reduce((all, side) => all * side, 1)
  const values = Float32Array.from({ length }, (_, at) => Math.sin(from + 1.7 * at))
  return [
    5,
    message(
      ...dims.map((side): Field => [1, side]),
      [2, typeNumbers[type]],
      [8, name],
      [9, encodeFloats(type, values)],
    ),
  ]
}

export function halfPort(name: string, sides: readonly (number | string)[]): Uint8Array {
  return portOf('F16', name, sides)
}

function portOf(type: FloatsOf, name: string, sides: readonly (number | string)[]): Uint8Array {
  const shape = message(
    ...sides.map((side): Field => [1, message([typeof side === 'number' ? 1 : 2, side])]),
  )
  return message([1, name], [2, message([1, message([1, typeNumbers[type]], [2, shape])])])
}

/** Pictures of 8 by 8 with two channels, a kernel, a matrix and six classes. */
export function halfNet(): FileBundle {
  const graph = message(
    [1, node('Conv', ['x', 'conv', 'conv.bias'], ['seen'])],
    [1, node('Relu', ['seen'], ['bent'])],
    [1, node('Flatten', ['bent'], ['flat'])],
    [1, node('Gemm', ['flat', 'head', 'head.bias'], ['sums'])],
    [1, node('Softmax', ['sums'], ['y'])],
    waves('F16', 'conv', [8, 2, 3, 3]),
    waves('F16', 'conv.bias', [8], 1),
    waves('F16', 'head', [8 * 36, 6], 2),
    waves('F16', 'head.bias', [6], 3),
    [11, halfPort('x', ['n', 2, 8, 8])],
    [12, halfPort('y', ['n', 6])],
  )
  return onnxFile(message([1, 7], [2, 'test'], [8, message([2, 13])], [7, graph]))
}

/** Lists of 12 numbers of 64 bits, 20 hidden ones, and five classes. */
export function doubleNet(): FileBundle {
  const graph = message(
    [1, node('Gemm', ['x', 'hidden', 'hidden.bias'], ['seen'])],
    [1, node('Relu', ['seen'], ['bent'])],
    [1, node('Gemm', ['bent', 'head', 'head.bias'], ['sums'])],
    [1, node('Softmax', ['sums'], ['y'])],
    waves('F64', 'hidden', [12, 20]),
    waves('F64', 'hidden.bias', [20], 1),
    waves('F64', 'head', [20, 5], 2),
    waves('F64', 'head.bias', [5], 3),
    [11, portOf('F64', 'x', ['n', 12])],
    [12, portOf('F64', 'y', ['n', 5])],
  )
  return onnxFile(message([1, 7], [2, 'test'], [8, message([2, 13])], [7, graph]))
}
