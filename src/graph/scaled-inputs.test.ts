import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import type { Combining, GraphNode } from './operators'
import { scaledInputs } from './scaled-inputs'

const affine = (scale: number, from = 'pixels') =>
  node('unary', { function: 'Affine', scale, offset: -1 }, [from], ['scaled'])
const combine = (how: Combining, inputs: readonly string[], output = 'scaled') =>
  node('combine', { function: how }, inputs, [output])
const cast = node('cast', { to: 'float32' }, ['pixels'], ['floats'])
const less = combine('Sub', ['pixels', 'means'], 'less')

it.each<[string, readonly GraphNode[], string | null]>([
  ['as Rescaling does', [affine(1 / 255)], 'scaled'],
  ['to -1 to 1', [affine(1 / 127.5)], 'scaled'],
  ['behind a cast', [cast, affine(1 / 255, 'floats')], 'scaled'],
  ['by a product', [combine('Mul', ['small', 'pixels'])], 'scaled'],
  ['by a quotient', [combine('Div', ['pixels', 'large'])], 'scaled'],
  ['less a mean', [less, combine('Div', ['less', 'large'])], 'scaled'],
  ['to nothing smaller', [affine(0.5)], null],
  ['in one channel alone', [combine('Div', ['pixels', 'means'])], null],
  ['as a divisor', [combine('Div', ['large', 'pixels'])], null],
  ['by what is learnt', [combine('Mul', ['pixels', 'kernel'])], null],
  [
    'once something was computed',
    [node('unary', { function: 'Relu' }, ['pixels'], ['bent']), affine(1 / 255, 'bent')],
    null,
  ],
])('an input is scaled %s', (_, nodes, layer) => {
  const graph = graphOf({
    inputs: { pixels: [null, 8, 8, 3], beside: [null, 4] },
    parameters: { kernel: [3] },
    constants: {
      small: { shape: [], dtype: 'float32', values: [1 / 255] },
      large: [58, 57, 57],
      means: [124, 117, 0],
    },
    nodes,
  })
  expect(scaledInputs(graph)).toEqual([layer, null])
})
