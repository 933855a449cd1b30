import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { channelPlaces, channelsToEnd } from './channel-places'
import type { Layout, OpAttributes } from './operators'

const conv = (layout: Layout): OpAttributes['conv'] => ({
  strides: [1, 1],
  dilations: [1, 1],
  padding: 'sameUpper',
  layout,
  kernel: { spatial: [0, 1], input: 2, output: 3 },
  groups: 1,
})
const nodesOf = (layout: Layout) => [
  node('conv', conv(layout), ['x', 'kernel', null], ['conv']),
  node('unary', { function: 'Relu' }, ['conv'], ['relu']),
  node('concat', { axis: 1 }, ['relu', 'conv'], ['both']),
  node('transpose', { perm: [0, 2, 3, 1] }, ['both'], ['turned']),
  node('reduce', { function: 'Mean', axes: [2, 3], keepDims: false }, ['both'], ['means']),
  node('reduce', { function: 'Mean', axes: [3], keepDims: false }, ['both'], ['columns']),
  node('unary', { function: 'Relu' }, ['columns'], ['later']),
]
const graphIn = (layout: Layout, x: readonly number[]) =>
  graphOf({
    inputs: { x: [null, ...x] },
    parameters: { kernel: [3, 3, 2, 4] },
    nodes: nodesOf(layout),
  })

it('are where a window with channels first has them, until somebody turns them or makes new axes', () => {
  const places = channelPlaces(graphIn('channelsFirst', [2, 6, 5]))
  expect(Object.fromEntries(places)).toEqual({
    conv: 1,
    relu: 1,
    both: 1,
    // Behind that of the last channels they are as everywhere: not told.
    columns: null,
    later: null,
  })
})

it('are the last where no window says otherwise', () => {
  expect(channelPlaces(graphIn('channelsLast', [6, 5, 2])).size).toBe(0)
})

it('go to the end', () => {
  expect(channelsToEnd(4, 1)).toEqual([0, 2, 3, 1])
  expect(channelsToEnd(4)).toEqual([0, 1, 2, 3])
  expect(channelsToEnd(4, null)).toBeNull()
})
