import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../../../testing/engine/distance'
import { answeredByOnnx } from '../../../../../../testing/engine/onnx-written'
import { answeredHere, asTensors, madeInputs } from '../../../../../../testing/matrix/made-inputs'
import { apart, causal, channelsFirst } from '../../../../../../testing/models/edited-graphs'
import { randomNet } from '../../../../../../testing/models/random-nets'
import { savedFiles } from '../../../../../../testing/models/stock-model'
import { decode } from '../../../../../core/encoded-tensor'
import type { ExportTarget } from '../../../../../core/model-summary'
import { createRandom } from '../../../../../core/random'
import { isCompressible } from '../../../../../core/tensor-spec'
import { startWasmBackend } from '../../../../../engine/host/wasm-in-node'
import { memoryFile } from '../../../../../files/file-bundle'
import { encode } from '../../../../../techniques/quantize/quantize'
import type { QuantizeSettings } from '../../../../../techniques/quantize/quantize-settings'
import type { ExportedModel, ExportTensor } from '../../../../exporter'
import { writeModel } from '../../../../exporters'
import type { OpenedModel } from '../../../../format'
import { openModel } from '../../../../importers'

const go = (): Promise<void> => Promise.resolve()
const exact = { container: 'onnx', precision: 'exact' } as const

/** As a share of the largest value of an output. */
const bound = 1e-5

beforeAll(startWasmBackend)
afterAll(() => tf.setBackend('cpu'))

const quantize = { action: 'quantize', scheme: 'affine', symmetry: 'asymmetric' } as const
const schemes: readonly (QuantizeSettings | null)[] = [
  null,
  { ...quantize, bits: 8, granularity: 'perTensor' },
  { ...quantize, bits: 8, granularity: 'perChannel', symmetry: 'symmetric' },
  { ...quantize, bits: 4, granularity: 'perChannel' },
  { ...quantize, bits: 4, granularity: 'perGroup', groupSize: 2 },
  { ...quantize, bits: 5, granularity: 'perChannel', scheme: 'linear' },
  { ...quantize, bits: 3, granularity: 'perChannel', scheme: 'mean' },
  { ...quantize, bits: 4, granularity: 'perTensor', scheme: 'mean' },
]

/** Every other scheme is under a mask. */
function coded(
  { weights }: OpenedModel,
  settings: QuantizeSettings | null,
  seed: number,
): readonly ExportTensor[] {
  const random = createRandom(seed)
  return weights.map((weight) => {
    const { spec, values } = weight
    if (settings === null || !isCompressible(spec) || !(values instanceof Float32Array))
      return weight
    const mask = Uint8Array.from(values, () => (random.below(3) === 0 ? 0 : 1))
    const pruned = values.map((value, at) => (mask[at] === 0 ? 0 : value))
    return seed % 2 === 0
      ? encode(spec, pruned, mask, settings).tensor
      : encode(spec, values, null, settings).tensor
  })
}

function valuesOf(tensor: ExportTensor): OpenedModel['weights'][number]['values'] {
  return 'kind' in tensor ? decode(tensor) : tensor.values
}

/** Writes weights and asks the runtime of ONNX beside the page. */
async function written(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  target: ExportTarget = exact,
) {
  const exported = await writeModel(model, tensors, target, go)
  const bytes = exported.files[0]?.bytes ?? new Uint8Array(0)
  const inputs = madeInputs(model)
  const given = asTensors(inputs)
  const found = await answeredByOnnx(bytes, given)
  const wanted = answeredHere(model, tensors.map(valuesOf), inputs)
  const apart = distance(answersOf(found), wanted)
  tf.dispose([given, found])
  const again = await openModel([memoryFile('model.onnx', bytes)], go)
  return { again, apart, exported }
}

function isReadAgain({ held }: ExportedModel, { weights }: OpenedModel): boolean {
  return held.every(({ name, restored }, at) => {
    const own = weights[at]
    const values = restored()
    return own?.spec.name === name && own.values.every((value, place) => value === values[place])
  })
}

async function opened(net: tf.LayersModel): Promise<OpenedModel> {
  const model = await openModel(await savedFiles(tf, net), go)
  net.dispose()
  return model
}

const NETS = 16
it(`${NETS} random nets answer as before, by every scheme`, async () => {
  for (let seed = 0; seed < NETS; seed++) {
    const model = await opened(randomNet(seed))
    const scheme = schemes[seed % schemes.length] ?? null
    const { again, apart, exported } = await written(model, coded(model, scheme, seed))
    expect(apart, `net ${seed}`).toBeLessThanOrEqual(bound)
    expect(isReadAgain(exported, again), `net ${seed}`).toBe(true)
  }
})

type Layer = tf.layers.Layer

/** All weights are drawn, factors of normalizations on both sides of nothing. */
async function chain(...layers: readonly Layer[]): Promise<OpenedModel> {
  const net = tf.sequential({ layers: [...layers] })
  const random = createRandom(layers.length)
  for (const weight of net.weights) {
    const isVariance = weight.originalName.endsWith('variance')
    const values = Array.from({ length: weight.read().size }, () => {
      const value = random.normal()
      return isVariance ? 0.2 + Math.abs(value) : value
    })
    tf.tidy(() => {
      weight.write(tf.tensor(values, weight.shape as number[]))
    })
  }
  return opened(net)
}

const input = (...shape: number[]) => tf.layers.inputLayer({ inputShape: shape, name: 'input' })
const norm = (name: string, more: object = {}) => tf.layers.batchNormalization({ name, ...more })
const conv = (name: string, more: object = {}) =>
  tf.layers.conv2d({ name, filters: 5, kernelSize: 3, padding: 'same', ...more })

const line = (more: object = {}): Promise<OpenedModel> =>
  chain(input(9, 3), tf.layers.conv1d({ name: 'c', filters: 4, kernelSize: 3, ...more }), norm('n'))

describe('what is folded', () => {
  const nets: Readonly<Record<string, () => Promise<OpenedModel>>> = {
    'a convolution with a bias': () => chain(input(6, 6, 4), conv('c'), norm('n')),
    'one without': () => chain(input(6, 6, 4), conv('c', { useBias: false }), norm('n')),
    'nothing but means': () =>
      chain(input(6, 6, 4), conv('c'), norm('n', { scale: false, center: false })),
    'one filter of each channel': () =>
      chain(input(6, 6, 4), tf.layers.depthwiseConv2d({ name: 'c', kernelSize: 3 }), norm('n')),
    'a convolution that spreads': () =>
      chain(
        input(4, 4, 3),
        tf.layers.conv2dTranspose({ name: 'c', filters: 5, kernelSize: 3, strides: 2 }),
        norm('n'),
      ),
    'one along a line': () =>
      chain(input(8, 3), tf.layers.conv1d({ name: 'c', filters: 4, kernelSize: 3 }), norm('n')),
    'one that reads nothing to come': async () => causal(await line()),
    'one with gaps that reads nothing to come': async () => causal(await line({ dilationRate: 2 })),
    'one with steps that reads nothing to come': async () => causal(await line({ strides: 2 })),
    'one along a line of channels first': async () => channelsFirst(await line({ strides: 2 })),
    'a convolution whose bias is added apart': async () =>
      apart(await chain(input(6, 6, 4), conv('c'), norm('n'))),
    'a dense layer whose bias is added apart': async () =>
      apart(await chain(input(6), tf.layers.dense({ name: 'c', units: 7 }), norm('n'))),
    'a dense layer': () => chain(input(6), tf.layers.dense({ name: 'c', units: 7 }), norm('n')),
  }
  for (const [name, make] of Object.entries(nets))
    it(name, async () => {
      const model = await make()
      for (const [at, scheme] of schemes.entries()) {
        const { again, apart, exported } = await written(model, coded(model, scheme, at))
        // One table of levels for all channels is longer where each needs one of its own.
        const isTable = scheme?.scheme === 'mean' && scheme.granularity === 'perTensor'
        expect(exported.folded ?? [], `scheme ${at}`).toEqual(isTable ? [] : ['n'])
        expect(apart, `scheme ${at}`).toBeLessThanOrEqual(bound)
        expect(isReadAgain(exported, again)).toBe(true)
        if (!isTable) expect(again.weights.length).toBe(2)
      }
    })
})

it('two filters of each channel, which no codes with a step each say', async () => {
  const two = tf.layers.depthwiseConv2d({ name: 'c', kernelSize: 3, depthMultiplier: 2 })
  const model = await chain(input(6, 6, 4), two, norm('n'))
  const [plain, bytes] = [null, schemes[1] ?? null].map((scheme) => coded(model, scheme, 1))
  const all = [await written(model, plain ?? []), await written(model, bytes ?? [])]
  for (const { apart } of all) expect(apart).toBeLessThanOrEqual(bound)
  expect(all.map(({ exported }) => exported.folded ?? [])).toEqual([['n'], []])
})

describe('what is not', () => {
  const foldedIn = async (model: OpenedModel, tensors: readonly ExportTensor[] = model.weights) => {
    const { apart, exported } = await written(model, tensors)
    expect(apart).toBeLessThanOrEqual(bound)
    return exported.folded ?? []
  }
  const changed = (model: OpenedModel, ending: string, values: readonly number[]): ExportTensor[] =>
    model.weights.map((weight) =>
      weight.spec.name.endsWith(ending)
        ? { kind: 'float', spec: weight.spec, values: Float32Array.from(values) }
        : weight,
    )

  it('behind a function, or another axis', async () => {
    const relu = await chain(input(6, 6, 4), conv('c', { activation: 'relu' }), norm('n'))
    expect(await foldedIn(relu)).toEqual([])
    const rows = await chain(input(6, 6, 4), conv('c'), norm('n', { axis: 1 }))
    expect(await foldedIn(rows)).toEqual([])
  })

  it('a channel that is nothing, or whose mean is far from nothing', async () => {
    const model = await chain(input(6, 6, 4), conv('c'), norm('n'))
    expect(await foldedIn(model, changed(model, 'gamma', [1, 0, 1, 1, 1]))).toEqual([])
    expect(await foldedIn(model, changed(model, 'moving_mean', [0, 0, 900, 0, 0]))).toEqual([])
  })

  it('what floats of the file cannot say: beyond them, or with few digits', async () => {
    const model = await chain(input(6, 6, 4), conv('c', { useBias: false }), norm('n'))
    const half = { container: 'onnx', precision: 'float16' } as const
    // Each fits by itself: factor, weight; what is folded in float32, in float16.
    const cases = [
      [1000, 1000, ['n'], []],
      [2 ** -13, 2 ** -7, ['n'], []],
      [1, 1, ['n'], ['n']],
      [2 ** 120, 2 ** -20, ['n'], null],
      [2 ** -100, 2 ** -100, [], null],
    ] as const
    for (const [factor, weight, inSingles, inHalves] of cases) {
      const tensors = model.weights.map((own): ExportTensor => {
        const { name } = own.spec
        const of = name.endsWith('gamma') ? factor : name.endsWith('kernel') ? weight : null
        const values = own.values.map((value) =>
          of === null ? 0 : of * (0.5 + Math.abs(value) / 8),
        )
        if (name.endsWith('variance')) values.fill(1)
        return { kind: 'float', spec: own.spec, values: Float32Array.from(values) }
      })
      expect((await written(model, tensors)).exported.folded ?? [], `${factor}`).toEqual(inSingles)
      if (inHalves === null) continue
      const { apart, exported } = await written(model, tensors, half)
      expect(exported.folded ?? [], `${factor}`).toEqual(inHalves)
      expect(apart, `${factor}`).toBeLessThan(2 ** -10)
    }
  })

  it('behind a sum with numbers of another axis, or of what is no weight', async () => {
    const model = apart(await chain(input(5, 5, 4), conv('c'), norm('n')))
    const of = (shape: readonly number[]): OpenedModel => {
      const bias = model.graph.parameters.get('c/bias')
      if (bias === undefined) throw new Error('no bias')
      const spec = { ...bias, shape }
      const weights = model.weights.map((one) =>
        one.spec.name === 'c/bias' ? { ...one, spec } : one,
      )
      const parameters = new Map(model.graph.parameters).set('c/bias', spec)
      return { ...model, weights, graph: { ...model.graph, parameters } }
    }
    expect(await foldedIn(of([1, 1, 5]))).toEqual(['n'])
    expect(await foldedIn(of([5, 1]))).toEqual([])
    const nodes = model.graph.nodes.map((node) =>
      node.op === 'combine' ? { ...node, inputs: ['product', 'product'] } : node,
    )
    expect(await foldedIn({ ...model, graph: { ...model.graph, nodes } })).toEqual([])
  })

  it('what somebody else reads', async () => {
    const first = tf.input({ shape: [6, 6, 4], name: 'input' })
    const shared = conv('c').apply(first) as tf.SymbolicTensor
    const behind = norm('n').apply(shared) as tf.SymbolicTensor
    const sum = tf.layers.add({ name: 'sum' }).apply([shared, behind]) as tf.SymbolicTensor
    expect(await foldedIn(await opened(tf.model({ inputs: first, outputs: sum })))).toEqual([])
  })

  it('where the file would be larger: numbers of the normalization are codes', async () => {
    const model = await chain(input(6, 6, 4), conv('c', { filters: 64, useBias: false }), norm('n'))
    const bytes = { ...quantize, bits: 8, granularity: 'perTensor' } as const
    const tensors = model.weights.map(
      ({ spec, values }) => encode(spec, Float32Array.from(values), null, bytes).tensor,
    )
    expect(await foldedIn(model, tensors)).toEqual([])
  })
})

it('codes lie as operators of ONNX read them, so that no node turns them', async () => {
  const model = await chain(
    input(6, 6, 4),
    conv('c'),
    tf.layers.depthwiseConv2d({ name: 'd', kernelSize: 3 }),
  )
  const settings = { ...quantize, bits: 8, granularity: 'perChannel' } as const
  const { again, exported } = await written(model, coded(model, settings, 1))
  expect(again.weights.map(({ spec }) => spec.shape)).toEqual([
    [5, 4, 3, 3],
    [5],
    [5, 1, 3, 3],
    [5],
  ])
  const text = new TextDecoder('latin1').decode(exported.files[0]?.bytes)
  const plain = await writeModel(model, model.weights, exact, go)
  const turned = new TextDecoder('latin1').decode(plain.files[0]?.bytes)
  expect([text, turned].map((file) => file.includes('c/kernel/Transpose'))).toEqual([false, true])
})
