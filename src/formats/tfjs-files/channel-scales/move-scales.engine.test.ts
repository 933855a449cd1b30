import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { randomInputs, randomNet } from '../../../../testing/models/random-nets'
import { sampleBytes } from '../../../../testing/models/sample-files'
import { loadWithStock, savedFiles } from '../../../../testing/models/stock-model'
import { decode } from '../../../core/encoded-tensor'
import { createRandom } from '../../../core/random'
import { isCompressible } from '../../../core/tensor-spec'
import { memoryFile } from '../../../files/file-bundle'
import { encode } from '../../../techniques/quantize/quantize'
import type { QuantizeSettings } from '../../../techniques/quantize/quantize-settings'
import type { ExportedModel, ExportTensor } from '../../exporter'
import { storedForms, writeModel } from '../../exporters'
import type { OpenedModel } from '../../format'
import { openModel } from '../../importers'

const go = (): Promise<void> => Promise.resolve()
const target = { container: 'tfjs', precision: 'exact' } as const
const bound = 1e-5

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const perChannel = { action: 'quantize', granularity: 'perChannel' } as const
const schemes: readonly QuantizeSettings[] = [
  { ...perChannel, bits: 4, scheme: 'affine', symmetry: 'symmetric' },
  { ...perChannel, bits: 4, scheme: 'affine', symmetry: 'asymmetric' },
  { ...perChannel, bits: 8, scheme: 'affine', symmetry: 'asymmetric' },
  { ...perChannel, bits: 3, scheme: 'linear', symmetry: 'asymmetric' },
  { ...perChannel, bits: 5, scheme: 'linear', symmetry: 'asymmetric' },
]

/** Kernels with a scale for each channel, one channel of each all zeros; in every other scheme under a mask. */
function coded(
  { weights }: OpenedModel,
  settings: QuantizeSettings,
  isMasked: boolean,
  seed: number,
): readonly ExportTensor[] {
  const random = createRandom(seed)
  return weights.map((weight) => {
    const { spec } = weight
    if (!isCompressible(spec)) return weight
    const dead = random.below(spec.channel.count)
    const mask = Uint8Array.from(weight.values, () => (isMasked && random.below(3) === 0 ? 0 : 1))
    const values = Float32Array.from(weight.values, (value, at) => {
      const channel = Math.floor(at / spec.channel.inner) % spec.channel.count
      if (isMasked && channel === dead) mask[at] = 0
      return mask[at] === 0 || channel === dead ? 0 : value * (1 + channel)
    })
    return encode(spec, values, isMasked ? mask : null, settings).tensor
  })
}

/** The same values as floats, in the layers as they are. */
function plainly({ weights }: OpenedModel, tensors: readonly ExportTensor[]): ExportTensor[] {
  return weights.map((weight, at) => {
    const tensor = tensors[at] ?? weight
    if (!('kind' in tensor)) return weight
    return { kind: 'float', spec: weight.spec, values: decode(tensor) }
  })
}

interface Written {
  readonly exported: ExportedModel
  readonly apart: number
}

/** Writes both ways and asks stock TensorFlow.js. */
async function written(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  inputs: (net: tf.LayersModel) => tf.Tensor[],
): Promise<Written> {
  const exported = await writeModel(model, tensors, target, go)
  const plain = await writeModel(model, plainly(model, tensors), target, go)
  const [own, wanted] = [
    await loadWithStock(tf, exported.files),
    await loadWithStock(tf, plain.files),
  ]
  const asked = inputs(wanted)
  const answers = [own, wanted].map((net) => answersOf([net.predict(asked)].flat()))
  own.dispose()
  wanted.dispose()
  tf.dispose(asked)
  return { exported, apart: distance(answers[0] ?? [], answers[1] ?? []) }
}

async function opened(net: tf.LayersModel): Promise<OpenedModel> {
  const model = await openModel(await savedFiles(tf, net), go)
  net.dispose()
  return model
}

const NETS = 50

it(`${NETS} random nets answer as before, by every scheme`, async () => {
  const seen = { inserted: 0, kept: 0 }
  for (let seed = 0; seed < NETS; seed++) {
    const model = await opened(randomNet(seed))
    const settings = schemes[seed % schemes.length] ?? schemes[0]
    if (settings === undefined) throw new Error('no scheme')
    const tensors = coded(model, settings, seed % 2 === 0, seed)
    const { apart, exported } = await written(model, tensors, (net) => randomInputs(net, 2, seed))
    expect(apart, `net ${seed}`).toBeLessThanOrEqual(bound)
    const again = await openModel(
      exported.files.map(({ bytes, path }) => memoryFile(path, bytes)),
      go,
    )
    expect(again.weights.map(({ values }) => values.length)).toEqual(
      storedForms(model, tensors, target).map(({ length }) => length),
    )
    const { moved = [], inserted = [] } = exported.scales ?? {}
    for (const name of moved)
      expect(again.weights.find(({ spec }) => spec.name === name)?.quantized).not.toBeNull()
    seen.inserted += inserted.length

    seen.kept += exported.tensors.filter(({ reason }) => reason === 'perChannel').length
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20)
})

describe('where the scales go', () => {
  const symmetric = schemes[0] ?? {
    ...perChannel,
    bits: 4,
    scheme: 'affine',
    symmetry: 'symmetric',
  }
  const conv = (name: string, more: object = {}) =>
    tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name, ...more })
  const norm = (name: string, more: object = {}) => tf.layers.batchNormalization({ name, ...more })
  const scales = async (net: tf.LayersModel): Promise<Written> => {
    for (const weight of net.weights) {
      const random = createRandom(weight.shape.length)
      const values = Array.from(weight.read().dataSync(), (value) => value + random.uniform())
      tf.tidy(() => {
        weight.write(tf.tensor(values, weight.shape as number[]))
      })
    }
    const model = await opened(net)
    return written(model, coded(model, symmetric, false, 1), (own) => randomInputs(own, 2, 5))
  }
  const input = () => tf.input({ shape: [8, 8, 2], name: 'input' })
  const through = (start: tf.SymbolicTensor, ...layers: readonly tf.layers.Layer[]) =>
    layers.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, start)
  const net = (
    from: tf.SymbolicTensor | tf.SymbolicTensor[],
    outputs: tf.SymbolicTensor | tf.SymbolicTensor[],
  ) => tf.model({ inputs: from, outputs })

  it('into the normalization behind, through what is positive-homogeneous', async () => {
    const x = input()
    const relu = tf.layers.reLU({ name: 'relu' })
    const pool = tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' })
    const leaky = tf.layers.leakyReLU({ alpha: 0.2, name: 'leaky' })
    const mean = tf.layers.globalAveragePooling2d({ name: 'mean' })
    const y = through(x, conv('one'), relu, pool, norm('n'), conv('two'), leaky, mean, norm('m'))
    const { apart, exported } = await scales(net(x, y))
    expect(exported.scales).toEqual({ moved: ['one/kernel', 'two/kernel'], inserted: [] })
    expect(apart).toBeLessThanOrEqual(bound)
  })

  it('into the variance of one without gamma', async () => {
    const x = input()
    const y = through(x, conv('one', { activation: 'relu' }), norm('n', { scale: false }))
    const { apart, exported } = await scales(net(x, y))
    expect(exported.scales?.inserted).toEqual([])
    expect(exported.held.map(({ name }) => name)).not.toContain('n/gamma')
    expect(apart).toBeLessThanOrEqual(bound)
  })

  it('into one of their own where another layer reads too, or somebody outside', async () => {
    const x = input()
    const shown = through(x, conv('one'))
    const y = through(shown, norm('n'), conv('two'))
    const z = tf.layers.add({ name: 'sum' }).apply([y, shown]) as tf.SymbolicTensor
    const { apart, exported } = await scales(net(x, [z, y]))
    expect(exported.scales?.inserted).toEqual(['one_scales', 'two_scales'])
    expect(apart).toBeLessThanOrEqual(bound)
  })

  it('before an activation that is not homogeneous, which becomes a layer', async () => {
    const x = input()
    const y = through(x, conv('one', { activation: 'tanh' }), norm('n'), conv('one_scales'))
    const { apart, exported } = await scales(net(x, y))
    expect(exported.scales?.inserted).toEqual(['one_scales_1', 'one_scales_scales'])
    expect(apart).toBeLessThanOrEqual(bound)
  })

  it('not out of a layer that runs twice, which keeps its floats', async () => {
    const x = input()
    const twice = conv('twice', { filters: 2 })
    const { apart, exported } = await scales(net(x, through(x, twice, norm('n'), twice)))
    expect(exported.scales).toBeUndefined()
    expect(exported.tensors[0]?.reason).toBe('perChannel')
    expect(apart).toBe(0)
  })

  it('within a model that is a layer, also where that runs twice', async () => {
    const inner = input()
    const part = net(inner, through(inner, conv('one', { filters: 2, activation: 'sigmoid' })))
    const x = tf.input({ shape: [8, 8, 2], name: 'outer' })
    const once = part.apply(x) as tf.SymbolicTensor
    const { apart, exported } = await scales(net(x, part.apply(once) as tf.SymbolicTensor))
    expect(exported.scales?.moved).toEqual(['one/kernel'])
    expect(apart).toBeLessThanOrEqual(bound)
  })
})

it.each(['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small'])(
  '%s answers as before',
  async (id) => {
    const files = [...sampleBytes(id)].map(([name, bytes]) => memoryFile(name, bytes))
    const model = await openModel(files, go)
    for (const settings of schemes.slice(0, 2)) {
      const tensors = model.weights.map((weight) =>
        isCompressible(weight.spec) && weight.values instanceof Float32Array
          ? encode(weight.spec, weight.values, null, settings).tensor
          : weight,
      )
      const { apart, exported } = await written(model, tensors, (net) => randomInputs(net, 4, 3))
      expect(apart).toBeLessThanOrEqual(bound)
      expect(exported.tensors.filter(({ reason }) => reason === 'perChannel')).toEqual([])
    }
  },
)
