import { expect, test } from 'vitest'
import { graphBundle } from '../../testing/files/graph-files'
import { T } from '../../testing/files/graph-attributes'
import { GraphWriter } from '../../testing/files/graph-writer'
import { openModel } from '../formats/importers'
import { macsOf } from './macs-of'
import { opaqueLayers, shapesBehindOpaque } from './opaque-layers'

test('what was seen behind an opaque node tells the work behind it, unless it holds no rows of samples', async () => {
  const net = new GraphWriter()
  const rest = net.node('Mod', 'rest', [net.input('x', [-1, 4]), net.weight('two', [], [2])], { T })
  net.node('MatMul', 'answer', [rest, net.weight('kernel', [4, 3])], { T })
  const { graph } = await openModel(graphBundle(net.files()), () => Promise.resolve())
  expect([...opaqueLayers(graph)]).toEqual(['rest'])
  const work = (...seen: (number | null)[]): number | null | undefined =>
    macsOf(graph, shapesBehindOpaque(graph, new Map([['rest', seen]]))).get('answer')
  expect(work(null, 4)).toBe(12)
  expect(work(6, 4)).toBeNull()
  expect(work()).toBeNull()
})
