import { numbers, shapeOf, T, text } from './graph-attributes'
import type { GraphFiles } from './graph-files'
import { GraphWriter } from './graph-writer'

/**
 * picture -> stem of 8 filters -> a remainder -> two convolutions of 32 -> mean -> matrix of 4. `Mod` of tfjs is not
 * what TensorFlow defines, and stays opaque.
 */
export function opaqueGraph(sides: readonly number[] = [-1, 8, 8, 3]): GraphFiles {
  const net = new GraphWriter()
  const conv = (name: string, from: string, shape: number[]): string =>
    net.node('Conv2D', name, [from, net.weight(`${name}/kernel`, shape)], {
      T,
      strides: numbers([1, 1, 1, 1]),
      padding: text('SAME'),
      data_format: text('NHWC'),
      dilations: numbers([1, 1, 1, 1]),
    })
  const stem = conv('stem', net.input('picture', sides), [3, 3, 3, 8])
  const rest = net.node('Mod', 'rest', [stem, net.weight('two', [], [2])], { T })
  const last = conv('wide', conv('narrow', rest, [3, 3, 8, 32]), [3, 3, 32, 32])
  const pooled = net.node('Mean', 'pool', [last, net.wholes('axes', [1, 2])], { T })
  net.node('MatMul', 'answer', [pooled, net.weight('answer/kernel', [32, 4])], { T })
  const port = (name: string, shape: readonly number[]) => ({
    [name]: { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeOf(shape).shape },
  })
  return net.files({ inputs: port('picture', sides), outputs: port('answer', [-1, 4]) })
}
