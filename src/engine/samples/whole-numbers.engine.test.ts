import { expect, it } from 'vitest'
import { drained, file, filesOf, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { blockPictures, wholeNumberGraph } from '../../../testing/models/block-models'
import { transformerGraph } from '../../../testing/files/converted-graphs'
import { graphBundle } from '../../../testing/files/graph-files'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../../formats/importers'
import { madeUpFor } from './synthetic-inputs'
import { scaleOf } from '../../data/preparation'

const engine = freshEngine()

const go = () => Promise.resolve()

const pictures = blockPictures(['a', 'b', 'c', 'd'], (_, place) => place)

it.each([
  ['one channel', [8, 8, 1]],
  ['three channels', [8, 8, 3]],
  ['channels first', [3, 8, 8]],
  ['a plane', [8, 8]],
  ['a row', [64]],
])('a graph that takes whole numbers, %s, is shown 0 to 255', async (_, sides) => {
  await drained(engine.current.model.open({ files: filesOf(wholeNumberGraph(sides)) }))
  const files = [file('four.zip', pictures)]
  const { result } = await drained(engine.current.data.open({ files, choices: {}, settings: null }))
  const { preparation } = result.settings
  expect(preparation === null ? null : scaleOf(preparation)).toBe('bytes')
  const { events } = await drained(engine.current.measure.original())
  const { correct, measured } = lastOf(events, 'accuracy')
  expect(correct / measured).toBe(1)
})

it('without data it is shown whole numbers up to 255, and reaches its classes', async () => {
  await drained(engine.current.model.open({ files: filesOf(wholeNumberGraph([8, 8, 1])) }))
  const { events } = await drained(engine.current.measure.original())
  const { agreement, classesReached } = lastOf(events, 'agreement')
  expect(classesReached).toBe(4)
  expect(agreement).toBe(1)
  const inputs = [{ name: 'x', shape: [null, 8, 8, 1], dtype: 'int32' }]
  const bundle = [...wholeNumberGraph([8, 8, 1])].map(([name, bytes]) => memoryFile(name, bytes))
  const { graph } = await openModel(bundle, go)
  expect(madeUpFor(graph, inputs).vocabulary).toEqual([256])
  expect(madeUpFor(graph, [{ dtype: 'int32', shape: [null, 12] }]).vocabulary).toEqual([2])
})

it('a graph of tokens is shown those that its table has', async () => {
  const { graph } = await openModel(graphBundle(transformerGraph()), go)
  expect(madeUpFor(graph, [{ dtype: 'int32', shape: [null, 6] }]).vocabulary).toEqual([20])
})
