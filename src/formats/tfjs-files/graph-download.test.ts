import { expect, it } from 'vitest'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { graphDownload } from './graph-download'

/** A convolution along a sequence of any length. */
function noteOf(stride: number) {
  const sliding = {
    ...({
      strides: [stride],
      dilations: [1],
      padding: 'sameUpper',
      layout: 'channelsLast',
    } as const),
    ...{ kernel: { spatial: [0], input: 1, output: 2 }, groups: 1 },
  }
  const graph = graphOf({
    inputs: { x: [null, null, 4] },
    parameters: { w: [3, 4, 5] },
    nodes: [node('conv', sliding, ['x', 'w', null])],
  })
  return graphDownload('net.keras', graph, [...graph.parameters.values()])
}

it('a layer that could be written without its strides is named with them', () => {
  expect(noteOf(1)).toEqual({ note: null, obstacle: null })
  const { note, obstacle } = noteOf(2)
  expect(note).toEqual({
    code: 'note/not-written-open',
    params: { what: 'y (conv, strides = 2)' },
  })
  expect(obstacle?.params).toEqual({ file: 'net.keras', what: 'y (conv)' })
})
