/** A file of ONNX with the layers of ResNet-18 (He et al. 2016, arXiv:1512.03385), as PyTorch exports it, with seeded weights. */
import { createRandom } from '../../src/core/random'
import { message } from '../../src/files/protobuf/write-message'
import type { Field } from '../../src/files/protobuf/write-message'

/** Which of its sizes. */
export interface ResNetSize {
  /** Channels of the first stage: 64. */
  readonly width: number
  /** Of a picture. */
  readonly side: number
  readonly classes: number
}

/** ResNet-18 for ImageNet, 11.7 million weights, on pictures of 32 x 32: its bytes are the same, and it takes a fiftieth of the time. */
export const smallPictures: ResNetSize = { width: 64, side: 32, classes: 1000 }

/** @returns the file: `pixels` [1, 3, side, side] in, `scores` [1, classes] out, opset 17 */
export function resNet18File({ classes, side, width }: ResNetSize): Uint8Array<ArrayBuffer> {
  const net = new Net()
  let value = net.convolved('pixels', [width, 3, 7], 2, true)
  value = net.node(
    'MaxPool',
    [value],
    [wholes('kernel_shape', [3, 3]), wholes('strides', [2, 2]), wholes('pads', [1, 1, 1, 1])],
  )
  let channels = width
  for (let stage = 0; stage < 4; stage++)
    for (let block = 0; block < 2; block++) {
      const wide = width * 2 ** stage
      const stride = stage > 0 && block === 0 ? 2 : 1
      const first = net.convolved(value, [wide, channels, 3], stride, true)
      const second = net.convolved(first, [wide, wide, 3], 1, false)
      const beside = stride === 1 ? value : net.convolved(value, [wide, channels, 1], stride, false)
      value = net.node('Relu', [net.node('Add', [second, beside], [])], [])
      channels = wide
    }
  const pooled = net.node('Flatten', [net.node('GlobalAveragePool', [value], [])], [])
  const weights = [net.weights([classes, channels], channels), net.weights([classes], 0)]
  net.node('Gemm', [pooled, ...weights], [attribute('transB', [3, 1], 2)], 'scores')
  const graph = message([
    ...net.nodes.map((bytes): Field => [1, bytes]),
    [2, 'resnet-18'],
    ...net.initializers.map((bytes): Field => [5, bytes]),
    [11, port('pixels', [1, 3, side, side])],
    [12, port('scores', [1, classes])],
  ])
  return message([
    [1, 8],
    [7, graph],
    [8, message([[2, 17]])],
  ])
}

class Net {
  readonly nodes: Uint8Array[] = []
  readonly initializers: Uint8Array[] = []
  private made = 0
  private readonly random = createRandom(18)

  node(
    op: string,
    inputs: readonly string[],
    attributes: readonly Uint8Array[],
    output = `value_${this.made++}`,
  ): string {
    this.nodes.push(
      message([
        ...inputs.map((input): Field => [1, input]),
        [2, output],
        [3, `${op}_${this.nodes.length}`],
        [4, op],
        ...attributes.map((bytes): Field => [5, bytes]),
      ]),
    )
    return output
  }

  convolved(
    input: string,
    [out, channels, size]: readonly [number, number, number],
    stride: number,
    isCut: boolean,
  ): string {
    const pad = (size - 1) / 2
    const kernel = this.weights([out, channels, size, size], channels * size * size)
    const made = this.node(
      'Conv',
      [input, kernel, this.weights([out], 0)],
      [
        wholes('kernel_shape', [size, size]),
        wholes('strides', [stride, stride]),
        wholes('pads', [pad, pad, pad, pad]),
      ],
    )
    return isCut ? this.node('Relu', [made], []) : made
  }

  /** @param summed inputs that a number of the output sums over; 0: of a bias */
  weights(shape: readonly number[], summed: number): string {
    const name = `weights_${this.initializers.length}`
    const values = new Float32Array(shape.reduce((all, length) => all * length, 1))
    // As He et al. 2015 have it, so that numbers stay as large from layer to layer.
    const scale = summed === 0 ? 0.01 : Math.sqrt(2 / summed)
    for (let at = 0; at < values.length; at++) values[at] = scale * this.random.normal()
    const dims = shape.map((length): Field => [1, length])
    this.initializers.push(
      message([...dims, [2, 1], [8, name], [9, new Uint8Array(values.buffer)]]),
    )
    return name
  }
}

/** @param type of AttributeProto */
function attribute(name: string, field: Field, type: number): Uint8Array {
  return message([[1, name], field, [20, type]])
}

function wholes(name: string, values: readonly number[]): Uint8Array {
  return message([[1, name], ...values.map((value): Field => [8, value]), [20, 7]])
}

function port(name: string, sides: readonly number[]): Uint8Array {
  const shape = message(sides.map((length): Field => [1, message([[1, length]])]))
  return message([
    [1, name],
    [
      2,
      message([
        [
          1,
          message([
            [1, 1],
            [2, shape],
          ]),
        ],
      ]),
    ],
  ])
}
