import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { savedFiles } from '../../../testing/models/stock-model'
import { bundleOf, smallModel } from '../../../testing/files/layers-files'
import { Cores } from '../cores/cores'
import { nodeEnvironment } from '../host/node-environment'
import { createRandom, shuffled } from '../../core/random'
import type { AgreementEvent } from '../../protocol/measure-messages'
import { chooseBackend } from '../backend/backend'
import { Exclusive } from '../work/exclusive'
import { syntheticCount } from './agreement'
import { KnownModels } from './known-models'
import { Measurements } from './measurements'
import { ModelStore } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import type { NamedWeight } from '../model/runnable-model'
import { Pace } from '../work/pace'

const never = new AbortController().signal
const silent = (): void => undefined

let measurements: Measurements
let models: ModelStore
let known: KnownModels

beforeAll(async () => {
  await tf.setBackend('cpu')
  const environment = nodeEnvironment()
  const chosen = await chooseBackend({ forced: 'wasm', exclude: [] }, environment)
  const tools = {
    environment,
    pace: new Pace(environment, () => chosen.info.gigaflops),
    exclusive: new Exclusive(),
    cores: new Cores(environment, () => 'wasm'),
    backend: () => chosen,
  }
  models = new ModelStore(tools)
  known = new KnownModels(tools, models)
  measurements = new Measurements(tools, known)
})

async function openSample(id: string): Promise<OpenModelState> {
  const files = ['model.json', 'group1-shard1of1.bin'].map(
    (name) => new File([readFileSync(`public/models/${id}/${name}`)], name),
  )
  await models.open(files, null, silent, never)
  return models.require()
}

async function agreementOf(
  state: OpenModelState,
  weights: readonly NamedWeight[],
): Promise<AgreementEvent> {
  const ground = measurements.groundOf(state)
  const event = await measurements.measure(ground, { kind: 'weights', weights }, silent, never)
  if (event.type !== 'agreement') throw new Error('there is data')
  return event
}

/** The same numbers in every tensor, in another order: the statistics of a model without its knowledge. */
function shuffledWeights(state: OpenModelState, seed: number): NamedWeight[] {
  const random = createRandom(seed)
  return state.weights.map(({ spec, values }) => ({
    spec,
    values: Float32Array.from(shuffled(values, random)),
  }))
}

it('is measured on fewer inputs where there is more work, or where outputs are large', () => {
  expect(syntheticCount(1e6, { shape: [null, 10] })).toBe(510)
  expect(syntheticCount(1e9, { shape: [null, 10] })).toBe(240)
  expect(syntheticCount(1e6, { shape: [null, 21, 512, 512] })).toBe(6)
  expect(syntheticCount(1e6, { shape: [null, 8_000_000] })).toBe(4)
  expect(syntheticCount(1e6, { shape: [null, 2 ** 26] })).toBe(1)
})

describe.each(['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small'])('agreement of %s', (id) => {
  it('is whole for the same weights, and poor for shuffled ones', async () => {
    const state = await openSample(id)
    const copies = state.weights.map(({ spec, values }) => ({ spec, values: values.slice() }))
    expect(await agreementOf(state, copies)).toMatchObject({
      agreement: 1,
      relativeError: 0,
      informative: true,
    })
    const event = await agreementOf(state, shuffledWeights(state, 1))
    expect(event.agreement).toBeLessThan(0.4)
    expect(event.relativeError).toBeGreaterThan(0.5)
    // It says how many classes the inputs reach.
    expect(event.classesReached).toBeGreaterThanOrEqual(5)
    expect(event.classes).toBe(10)
  })
})

describe('agreement of a model whose outputs are no classes', () => {
  const conv = (filters: number, activation: 'linear' | 'sigmoid' | 'softmax', inputs = 3) =>
    tf.layers.conv2d({
      inputShape: [6, 6, inputs],
      filters,
      kernelSize: 3,
      padding: 'same',
      activation,
      // A seed, so that no class of these takes all inputs by chance.
      kernelInitializer: tf.initializers.glorotUniform({ seed: 5 }),
    })

  async function measured(layer: tf.layers.Layer) {
    const files = await savedFiles(tf, tf.sequential({ layers: [layer] }))
    const dropped = await Promise.all(
      files.map(async (file) => new File([(await file.read(0, file.size)) as BlobPart], file.path)),
    )
    await models.open(dropped, null, silent, never)
    return measurements.measure(measurements.groundOf(models.require()), null, silent, never)
  }

  it('is the mean cosine for vectors, until the person says that they are classes', async () => {
    const pooled = tf.sequential({
      layers: [conv(12, 'linear'), tf.layers.globalAveragePooling2d({})],
    })
    const files = await savedFiles(tf, pooled)
    const dropped = await Promise.all(
      files.map(async (file) => new File([(await file.read(0, file.size)) as BlobPart], file.path)),
    )
    await models.open(dropped, null, silent, never)
    const state = models.require()
    const ground = measurements.groundOf(state)
    const original = await measurements.measure(ground, null, silent, never)
    expect(original).toMatchObject({ meaning: 'vectors', cosine: 1, agreement: null, r2: null })
    const halved = state.weights.map(({ spec, values }) => ({
      spec,
      values: values.map((value) => value / 2),
    }))
    // Half as long, in the same direction.
    const shorter = await agreementOf(state, halved)
    expect(shorter.cosine).toBeCloseTo(1, 6)
    expect(shorter.relativeError).toBeCloseTo(0.5, 6)
    expect((await agreementOf(state, shuffledWeights(state, 3))).cosine).toBeLessThan(0.9)

    known.readOutputsAs(state, 'classes')
    const asClasses = await agreementOf(state, halved)
    expect(asClasses).toMatchObject({ meaning: 'classes', agreement: 1, cosine: null })
    known.readOutputsAs(state, null)
    expect((await agreementOf(state, halved)).cosine).toBeCloseTo(1, 6)
  })

  it.each<[string, tf.layers.Layer]>([
    ['colours of a picture', conv(3, 'linear')],
    ['colours between 0 and 1', conv(3, 'sigmoid')],
    ['colours and their cover', conv(4, 'linear', 4)],
    ['one number', tf.layers.dense({ inputShape: [5], units: 1 })],
  ])('is R² and a relative error: %s', async (_, layer) => {
    expect(await measured(layer)).toMatchObject({
      ...{ meaning: 'numbers', r2: 1, cosine: null },
      ...{ agreement: null, klDivergence: null, informative: false },
      ...{ classes: 1, classesReached: 0, relativeError: 0 },
    })
  })

  it.each<[string, tf.layers.Layer, number]>([
    ['classes of pixels', conv(3, 'softmax'), 3],
    ['maps of another number than colours', conv(5, 'linear'), 5],
    ['maps of a grey picture', conv(3, 'linear', 1), 3],
  ])('is one of classes for %s', async (_, layer, classes) => {
    expect(await measured(layer)).toMatchObject({ classes, agreement: 1 })
  })
})

describe('agreement of a model that always says the same', () => {
  it('is not informative, and has no percentage', async () => {
    const constant = smallModel()
    for (const [path, bytes] of constant.shards)
      constant.shards.set(path, new Uint8Array(bytes.length))
    const files = await Promise.all(
      bundleOf(constant).map(
        async (file) => new File([(await file.read(0, file.size)) as BlobPart], file.path),
      ),
    )
    await models.open(files, null, silent, never)
    const ground = measurements.groundOf(models.require())
    const event = await measurements.measure(ground, null, silent, never)
    expect(event).toMatchObject({
      type: 'agreement',
      informative: false,
      agreement: null,
      classesReached: 1,
      classes: 3,
    })
  })
})
