import { describe, expect, it } from 'vitest'
import { kerasFile } from '../../../testing/files/keras-files'
import { bundleOf, smallModel } from '../../../testing/files/layers-files'
import { openedKeras, recordedFile, recordedKeras } from '../../../testing/files/recorded-keras'
import { asBundle } from '../../../testing/files/written-again'
import { isKerasContainer } from '../../core/model-summary'
import type { ContainerId } from '../../core/model-summary'
import { foldConstants } from '../../graph/fold-constants'
import { shapesOf } from '../../graph/shapes-of'
import { channelEdits } from '../../structure/channel-edits'
import { mapChannels } from '../../structure/channel-map'
import { editModel } from '../edit-model'
import type { StoredForm } from '../exporter'
import { exporterFor, refusalOf, writeModel } from '../exporters'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'

const go = (): Promise<void> => Promise.resolve()

async function again(
  model: OpenedModel,
  container: ContainerId,
): Promise<{ read: OpenedModel; held: readonly StoredForm[] }> {
  const { files, held } = await writeModel(
    model,
    model.weights,
    { container, precision: 'exact' },
    go,
  )
  for (const { bytes, size } of files) expect(bytes.length).toBe(size)
  return { read: await openModel(asBundle(files), go), held }
}

/** Bits, not numbers: 0 and -0 differ. */
function bytesOf(values: OpenedModel['weights'][number]['values']): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}

function expectHeld(read: OpenedModel, held: readonly StoredForm[]): void {
  expect(read.weights.map(({ spec }) => spec.name)).toEqual(held.map(({ name }) => name))
  for (const [at, { restored }] of held.entries())
    expect(bytesOf(read.weights[at]?.values ?? new Uint8Array(0))).toEqual(bytesOf(restored()))
}

/** What it computes, whatever noise training adds, and in whatever order. */
function nodesOf({ graph }: OpenedModel): readonly string[] {
  return graph.nodes
    .map(({ attributes, inputs, op, outputs }) => JSON.stringify([outputs, op, attributes, inputs]))
    .toSorted()
}

/** Models of both versions: models in models, wrappers, cells, attention, masks, states, names of any letters, functions. */
const recorded = recordedKeras('testing/files/keras-cases').filter(({ name }) =>
  /^(?:nested|recurrent|cells|transformer|masked|states|named|over_time|stock|prepared|placed_\w+|bent_tf|unmasked|cropped_at_random)\./.test(
    name,
  ),
)

describe.each(recorded.map((record) => [record.name, record] as const))('%s', (name, record) => {
  it.each(['keras', 'kerasH5', 'kerasWeights'] as const)('as %s', async (container) => {
    const model = await openedKeras(record)
    const refusal = refusalOf(model, model.weights, { container, precision: 'exact' })
    const isOther = otherwise.has(`${name} ${container}`)
    expect([name, refusal?.code]).toEqual([name, isOther ? 'export/unsupported' : undefined])
    if (isOther) return
    const { held, read } = await again(model, container)
    expectHeld(read, held)
    expect(held.length).toBe(model.weights.length)
    if (container !== 'kerasWeights') expect(nodesOf(read)).toEqual(nodesOf(model))
  })
})

/**
 * Nets of tf-keras of which Keras 3 makes something else: masks that it knows how to hand on, pictures that it does not crop. No
 * `.keras` file holds a function of TensorFlow, Keras 3 opens no `.h5` with an operation, a layer would hand on a mask, and JSON
 * makes a whole number of 2.0, which TensorFlow does not divide.
 */
const otherwise: ReadonlySet<string> = new Set([
  ...['transformer.tfkeras keras', 'cropped_at_random.tfkeras keras'],
  ...['placed_tf.tfkeras keras', 'bent_tf.tfkeras keras', 'placed_ops.keras3 kerasH5'],
  ...['unmasked.tfkeras keras', 'unmasked.tfkeras kerasH5', 'unmasked.keras3 kerasH5'],
  ...['bent_tf.tfkeras kerasH5'],
])

const files = [
  ...['small.keras3.keras', 'small.keras3.h5', 'small.tfkeras.keras', 'small.tfkeras.h5'],
  ...['small.keras3.weights.h5', 'small.tfkeras.alone.h5'],
]

it.each(files)('%s is written again as what it came as', async (path) => {
  const model = await openModel([kerasFile(path)], go)
  const [own = 'tfjs'] = model.alsoAs ?? []
  const { held, read } = await again(model, own)
  expectHeld(read, held)
  expect(read.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name))
  expect(read.weights.map(({ spec }) => spec)).toEqual(model.weights.map(({ spec }) => spec))
  // Without what only training needs.
  expect(read.notes.filter(({ code }) => code === 'note/optimizer-state')).toEqual([])
  if (model.alsoAs?.length === 1) {
    const target = { container: 'keras', precision: 'exact' } as const
    expect(refusalOf(model, model.weights, target)?.code).toBe('export/unsupported')
  }
})

it('a .keras file of Keras 3 may call a layer what Keras calls what computes a mask, since it lists both', async () => {
  const path = 'testing/files/keras-cases/masked.keras3.json'
  const record = recordedFile(path, (text) =>
    text.replaceAll('"time_distributed"', '"concatenate"'),
  )
  const model = await openedKeras(record)
  const refusal = (container: 'keras' | 'kerasH5') =>
    refusalOf(model, model.weights, { container, precision: 'exact' })?.params['reason']
  expect(refusal('keras')).toBeUndefined()
  expect(refusal('kerasH5')).toBe('Keras 3 gives the name "concatenate" to what computes a mask')
})

it('a .keras file of Keras 3 keeps its config but for what belongs to training', async () => {
  const model = await openModel([kerasFile('small.keras3.keras')], go)
  const { read } = await again(model, 'keras')
  const { compile_config: _, ...config } = model.keras?.config ?? {}
  expect(read.keras?.config).toEqual(config)
  expect(read.keras?.version).toBe(model.keras?.version)
})

it.each(['small.keras3.keras', 'small.tfkeras.h5', 'model.json'])(
  '%s without every second channel',
  async (path) => {
    const model = await openModel(
      path === 'model.json' ? bundleOf(smallModel()) : [kerasFile(path)],
      go,
    )
    const graph = foldConstants(model.graph)
    const map = mapChannels(graph, shapesOf(graph))
    const removed = map.groups.flatMap(({ channels, fixed }) =>
      fixed === null ? channels.filter((_, at) => at % 2 === 1) : [],
    )
    expect(removed.length).toBeGreaterThan(0)
    const cut = await editModel(model, channelEdits(graph, map, new Set(removed)), go)
    const containers = (cut.alsoAs ?? []).filter(isKerasContainer)
    expect(containers.toSorted()).toEqual(['keras', 'kerasH5', 'kerasWeights'])
    for (const container of containers) {
      const { held, read } = await again(cut, container)
      expectHeld(read, held)
      if (container !== 'kerasWeights') expect(nodesOf(read)).toEqual(nodesOf(cut))
    }
  },
)

it('is written as wide as the file had it, and read back so', async () => {
  const model = await openModel([kerasFile('small.keras3.keras')], go)
  const { store } = exporterFor('keras')
  const [weight] = model.weights
  if (weight === undefined) throw new Error('no weights')
  const half = { ...weight, values: new Float32Array(weight.values.length).fill(0.5) }
  expect(store(half, { ...half, storedAs: 'float16' }, 'exact', model).storedAs).toBe('float16')
  expect(store(half, half, 'exact', model).storedAs).toBe('float32')
  expect(store(half, half, 'float16', model).storedAs).toBe('float16')
})
