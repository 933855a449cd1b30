import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import type { Shape } from './values'
import { openSidesFor } from './open-sides'

function windowOf(places: number, shape: Shape) {
  const sliding = {
    ...({ strides: [1], dilations: [1], layout: 'channelsLast' } as const),
    padding: { begin: [0], end: [0] },
  }
  const kernel = { spatial: [0], channel: 1, multiplier: null }
  return graphOf({
    inputs: { x: shape },
    parameters: { w: [places, 4] },
    nodes: [node('depthwiseConv', { ...sliding, kernel }, ['x', 'w', null])],
  })
}

it('open sides are those that windows fit in', () => {
  expect(openSidesFor(windowOf(3, [null, null, 4]))).toEqual([16, 32, 64, 128, 256])
  expect(openSidesFor(windowOf(17, [null, null, 4]))).toEqual([32, 64, 128, 256])
  expect(openSidesFor(windowOf(3, [null, null, 4]), [7, 16])).toEqual([7, 16])
  // No side is large enough: the largest is tried, and says why it fails.
  expect(openSidesFor(windowOf(300, [null, null, 4]))).toEqual([256])
})

it('nothing that is left of an open side is too little', () => {
  const edges = { axes: [1], starts: [9], ends: [-10], steps: [1], squeezed: [] }
  const graph = graphOf({
    inputs: { x: [null, null, 4] },
    nodes: [node('slice', edges, ['x']), node('unary', { function: 'Relu' }, ['y'], ['z'])],
  })
  expect(openSidesFor(graph)).toEqual([32, 64, 128, 256])
})

it('a model that leaves no side open is asked once', () => {
  expect(openSidesFor(windowOf(3, [null, 9, 4]))).toEqual([16])
  expect(openSidesFor(windowOf(30, [null, 9, 4]))).toEqual([16])
})
