import { describe, expect, it } from 'vitest'
import { mobileGraph } from '../../testing/files/converted-graphs'
import { graphBundle, inOneByte, smallGraph } from '../../testing/files/graph-files'
import { bundleOf, smallModel } from '../../testing/files/layers-files'
import type { FileBundle } from '../files/file-bundle'
import { memoryFile } from '../files/file-bundle'
import type { GraphEdit } from '../graph/edits'
import { foldConstants } from '../graph/fold-constants'
import { shapesOf } from '../graph/shapes-of'
import { channelEdits } from '../structure/channel-edits'
import { mapChannels } from '../structure/channel-map'
import { editModel } from './edit-model'
import { exactTarget, writeModel } from './exporters'
import type { OpenedModel, OpenedWeight } from './format'
import { openModel } from './importers'

const go = (): Promise<void> => Promise.resolve()

/** How a model loses every second of its channels. */
function halving(model: OpenedModel): GraphEdit[] {
  const graph = foldConstants(model.graph)
  const map = mapChannels(graph, shapesOf(graph))
  const free = map.groups.filter(({ fixed }) => fixed === null)
  const removed = free.flatMap(({ channels }) => channels.filter((_, at) => at % 2 === 1))
  return channelEdits(graph, map, new Set(removed))
}

async function written(
  model: OpenedModel,
  precision: 'exact' | 'float16' = 'exact',
): Promise<FileBundle> {
  const target = { ...exactTarget(model), precision }
  const { files } = await writeModel(model, model.weights, target, go)
  return files.map(({ path, bytes }) => memoryFile(path, bytes))
}

function weightBytes(files: FileBundle): number {
  return files.reduce((sum, { path, size }) => (path.endsWith('.bin') ? sum + size : sum), 0)
}

/** Elements whose place along every axis is kept, one after the other. */
function picked<Element>(
  all: Iterable<Element>,
  { spec: { name, shape } }: OpenedWeight,
  edits: readonly GraphEdit[],
): Element[] {
  return [...all].filter((_, at) => {
    let rest = at
    const place = shape
      .toReversed()
      .map((side) => {
        const own = rest % side
        rest = (rest - own) / side
        return own
      })
      .toReversed()
    return edits.every(
      (edit) =>
        edit.kind !== 'keep' ||
        edit.parameter !== name ||
        edit.indices.includes(place[edit.axis] ?? 0),
    )
  })
}

const models: readonly (readonly [string, number, () => Promise<OpenedModel>])[] = [
  ['a graph of one byte a weight', 1, () => openModel(graphBundle(inOneByte(smallGraph())), go)],
  ['a mobile graph of one byte', 1, () => openModel(graphBundle(inOneByte(mobileGraph())), go)],
  ['layers of one byte', 1, () => openModel(bundleOf(inOneByte(smallModel())), go)],
  [
    'a graph of two bytes',
    2,
    async () => {
      const floats = await openModel(graphBundle(smallGraph()), go)
      return openModel(await written(floats, 'float16'), go)
    },
  ],
]

describe('a cut weight lies in its file as all of it did', () => {
  it.each(models)('%s', async (_, width, open) => {
    const before = await open()
    const edits = halving(before)
    expect(edits).not.toHaveLength(0)
    const cut = await editModel(before, edits, go)
    const files = await written(cut)
    const after = await openModel(files, go)
    expect(weightBytes(files)).toBeLessThan(weightBytes(await written(before)))
    const narrow = before.weights.filter(({ storedAs }) => /^uint8|float16/.test(storedAs))
    expect(narrow).not.toHaveLength(0)
    for (const weight of narrow) {
      const { name } = weight.spec
      const left = after.weights.find(({ spec }) => spec.name === name)
      const values = picked(weight.values, weight, edits)
      expect([...(left?.values ?? [])], name).toEqual(values)
      expect(left).toMatchObject({ storedAs: weight.storedAs, storedBytes: width * values.length })
      const { quantized } = weight
      expect(left?.quantized ?? null).toEqual(
        quantized && {
          ...quantized,
          codes: Uint8Array.from(picked(quantized.codes, weight, edits)),
        },
      )
    }
    const facts = ({ weights }: OpenedModel): object[] =>
      weights.map(({ spec, storedAs, storedBytes, zeros }) => ({
        ...{ name: spec.name, shape: spec.shape, storedAs, storedBytes, zeros },
      }))
    expect(facts(cut)).toEqual(facts(after))
  })
})
