import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asBundle, writtenFiles } from '../../../../testing/files/written-again'
import { loadGraphWithStock, savedFiles } from '../../../../testing/models/stock-model'
import { decode } from '../../../core/encoded-tensor'
import type { EncodedTensor } from '../../../core/encoded-tensor'
import { groupCount, groupsOfChannels, groupsOfInputs, oneGroup } from '../../../core/group-layout'
import type { GroupLayout } from '../../../core/group-layout'
import { createRandom } from '../../../core/random'
import type { TensorSpec } from '../../../core/tensor-spec'
import { startWasmBackend } from '../../../engine/host/wasm-in-node'
import type { ExportTensor, StoredForm } from '../../exporter'
import { exactTarget, refusalOf, storedForms, writeModel } from '../../exporters'
import { withValues } from '../../format'
import type { OpenedModel } from '../../format'
import { openModel } from '../../importers'

const go = (): Promise<void> => Promise.resolve()
const packed = { container: 'tfjs', precision: 'packed' } as const

let model: OpenedModel

beforeAll(async () => {
  await startWasmBackend()
  // Odd numbers of weights, and axes that no block of 4 divides.
  const net = tf.sequential()
  net.add(tf.layers.conv2d({ inputShape: [5, 5, 11], filters: 25, kernelSize: 3, name: 'conv' }))
  net.add(tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, name: 'depth' }))
  net.add(tf.layers.flatten({ name: 'flat' }))
  net.add(tf.layers.dense({ units: 15, activation: 'softmax', name: 'head' }))
  model = await openModel(await savedFiles(tf, net), go)
  net.dispose()
})
afterAll(() => tf.setBackend('cpu'))

const random = createRandom(7)

interface Scheme {
  readonly kind: 'affine' | 'codebook'
  readonly groups: (spec: TensorSpec, length: number) => GroupLayout
  readonly masked?: boolean
}

const whole: Scheme['groups'] = (_, length) => oneGroup(length)
const channels: Scheme['groups'] = (spec, length) => groupsOfChannels(spec.channel, length)
const schemes: Readonly<Record<string, Scheme>> = {
  'one scale': { kind: 'affine', groups: whole },
  'a scale a channel': { kind: 'affine', groups: channels },
  'a scale for 4 inputs': { kind: 'affine', groups: (spec) => groupsOfInputs(spec, 4) },
  'a scale for 5 inputs': { kind: 'affine', groups: (spec) => groupsOfInputs(spec, 5) },
  'levels at means': { kind: 'codebook', groups: whole },
  'levels at means of channels': { kind: 'codebook', groups: channels },
  'levels at means of 5 inputs': { kind: 'codebook', groups: (spec) => groupsOfInputs(spec, 5) },
  'linear levels with a mask': { kind: 'affine', groups: whole, masked: true },
  'a scale a channel with a mask': { kind: 'affine', groups: channels, masked: true },
  'a scale for 4 inputs with a mask': {
    ...{ kind: 'affine', masked: true },
    groups: (spec) => groupsOfInputs(spec, 4),
  },
}

/** Any codes of a kernel, all of them among them. */
function encoded(
  spec: TensorSpec,
  bits: number,
  { groups, kind, masked = false }: Scheme,
): EncodedTensor {
  const length = spec.shape.reduce((product, side) => product * side, 1)
  const Elements = bits > 8 ? Uint16Array : Uint8Array
  const codes = new Elements(length)
  for (let at = 0; at < length; at++)
    codes[at] = at < 2 ** bits ? at : Math.floor(random.uniform() * 2 ** bits)
  const layout = groups(spec, length)
  const count = groupCount(layout, length)
  const common = { spec, bits, codes, groups: layout }
  if (kind === 'codebook') {
    const levels = Float32Array.from({ length: count << bits }, () => random.uniform() - 0.5)
    return { ...common, kind, levels }
  }
  return {
    ...{ ...common, kind },
    scale: Float32Array.from({ length: count }, () => (random.uniform() + 0.1) / 2 ** bits),
    zeroPoint: Float64Array.from({ length: count }, () =>
      masked ? 2 ** (bits - 1) - 0.5 : Math.floor(random.uniform() * 2 ** bits),
    ),
    mask: masked ? Uint8Array.from(codes, () => (random.uniform() < 0.4 ? 1 : 0)) : null,
  }
}

function tensorsOf(
  { weights }: OpenedModel,
  bits: number,
  scheme: Scheme,
): readonly ExportTensor[] {
  return weights.map((weight) =>
    weight.spec.shape.length > 1 ? encoded(weight.spec, bits, scheme) : weight,
  )
}

const common = ['a scale a channel', 'a scale for 4 inputs', 'levels at means']
const cells: readonly (readonly [number, string])[] = [
  ...[8, 4, 3, 2].flatMap((bits) =>
    [...common, 'linear levels with a mask'].map((name) => [bits, name] as const),
  ),
  ...[4, 3, 2, 1].map((bits) => [bits, 'one scale'] as const),
  ...([
    [4, 'a scale for 5 inputs'],
    [12, 'a scale a channel'],
  ] as const),
  ...([
    [3, 'a scale a channel with a mask'],
    [4, 'a scale for 4 inputs with a mask'],
  ] as const),
  ...([
    [2, 'levels at means of channels'],
    [1, 'levels at means of 5 inputs'],
  ] as const),
]

async function writtenAs(
  own: OpenedModel,
  tensors: readonly ExportTensor[],
): Promise<Awaited<ReturnType<typeof writtenFiles>>> {
  return (await writeModel(own, tensors, packed, go)).files
}

/** The same weights as plain numbers in a graph without decoding. */
function plainFiles(own: OpenedModel, tensors: readonly ExportTensor[]) {
  const weights = own.weights.map((weight, index) => {
    const tensor = tensors[index] ?? weight
    return 'kind' in tensor ? withValues(weight, decode(tensor)) : weight
  })
  return writtenFiles({ graph: own.graph, weights })
}

const bitsOf = (values: ArrayLike<number>): Int32Array =>
  new Int32Array(Float32Array.from(values).buffer)

/** Bytes and values of pieces are those of the whole. */
function expectPieces(form: StoredForm): void {
  const [bytes, values] = [form.content(), form.restored()]
  expect(bytes).toHaveLength(form.bytes)
  expect(values).toHaveLength(form.length)
  for (const [from, to] of [
    [0, 0.3],
    [0.3, 0.31],
    [0.31, 1],
  ] as const) {
    const [first, last] = [from, to].map((share) => Math.floor(share * form.bytes))
    expect(form.content(first, last)).toEqual(bytes.slice(first, last))
    const [start, end] = [from, to].map((share) => Math.floor(share * form.length))
    expect(form.restored(start, end)).toEqual(values.slice(start, end))
  }
}

describe('stock TensorFlow.js makes of codes what decoding says, and of the model what its numbers say:', () => {
  it.each(cells)('%i bits, %s', async (bits, name) => {
    const scheme = schemes[name]
    if (scheme === undefined) throw new Error(name)
    const tensors = tensorsOf(model, bits, scheme)
    const forms = storedForms(model, tensors, packed)
    const files = await writtenAs(model, tensors)
    const plain = await plainFiles(model, tensors)
    const stock = await loadGraphWithStock(tf, files)
    const asNumbers = await loadGraphWithStock(tf, plain)
    const again = await openModel(asBundle(files), go)
    for (const [index, { spec }] of model.weights.entries()) {
      const tensor = tensors[index]
      if (tensor === undefined || !('kind' in tensor)) continue
      const form = forms[index]
      if (form === undefined) throw new Error('a form for each weight')
      expect(form.storedAs).toMatch(/^uint/)
      expectPieces(form)
      const wanted = bitsOf(decode(tensor))
      const made = stock.execute({}, spec.name) as tf.Tensor
      expect(made.shape).toEqual(spec.shape)
      expect(bitsOf(made.dataSync())).toEqual(wanted)
      const found = again.weights[index]
      expect(found?.spec).toMatchObject({
        name: spec.name,
        shape: spec.shape,
        role: spec.role,
        channel: spec.channel,
      })
      expect(bitsOf(found?.values ?? [])).toEqual(wanted)
      expect(found).toMatchObject({ storedAs: form.storedAs, storedBytes: form.bytes })
    }
    const inputs = tf.randomNormal([2, 5, 5, 11], 0, 1, 'float32', 3)
    const [said, want] = [stock, asNumbers].map((each) =>
      (each.predict(inputs) as tf.Tensor).dataSync(),
    )
    expect(bitsOf(said ?? [])).toEqual(bitsOf(want ?? []))
    // Nothing of the decoding is left in the model, which so is written anew to the byte.
    const numbers = await openModel(asBundle(plain), go)
    expect(again.topology).toEqual(numbers.topology)
    expect(again.graph).toEqual(numbers.graph)
    const once = await writtenAs(again, again.weights)
    if (bits !== 3 && bits !== 12)
      expect(once.map(({ bytes }) => bytes)).toEqual(files.map(({ bytes }) => bytes))
    tf.dispose(inputs)
    stock.dispose()
    asNumbers.dispose()
  })
})

it('takes 4 bits a weight, or 2, and what decodes them', () => {
  const scheme = { kind: 'affine', groups: channels } as const
  const bytes = (bits: number): readonly number[] =>
    storedForms(model, tensorsOf(model, bits, scheme), packed)
      .filter((_, index) => (model.weights[index]?.spec.shape.length ?? 0) > 1)
      .map((form) => form.bytes)
  // A scale and a zero point a channel, and a few numbers.
  const few = 40
  for (const [bits, width] of [
    [8, 8],
    [4, 4],
    [3, 4],
    [2, 2],
    [1, 1],
  ] as const)
    for (const [index, own] of bytes(bits).entries()) {
      const [weights = 0, own8 = 0] =
        [
          [2475, 25],
          [450, 50],
          [750, 15],
        ][index] ?? []
      expect(own).toBeGreaterThanOrEqual(Math.ceil((weights * width) / 8) + 8 * own8)
      expect(own).toBeLessThanOrEqual(Math.ceil((weights * width) / 8) + 8 * own8 + few)
    }
})

it('a graph of a file keeps its own nodes, and what cannot be packed is said beforehand', async () => {
  const tensors = tensorsOf(model, 4, { kind: 'affine', groups: channels })
  const file = await openModel(asBundle(await plainFiles(model, tensors)), go)
  const own = tensorsOf(file, 4, { kind: 'affine', groups: channels })
  const again = await openModel(asBundle(await writtenAs(file, own)), go)
  expect(again.topology).toEqual(file.topology)
  expect(again.signature).toEqual(file.signature)
  expect(refusalOf(file, own, packed)).toBeNull()
  expect(refusalOf(file, file.weights, packed)?.code).toBe('export/nothing-packed')
  await expect(writeModel(file, file.weights, packed, go)).rejects.toThrow('export/nothing-packed')
  const reason = {
    code: 'open/graph-control-flow',
    params: { file: 'f', node: 'n', op: 'While' },
  } as const
  const looping = { ...file, obstacles: { run: reason, train: reason, cut: reason } }
  expect(refusalOf(looping, own, packed)).toEqual(reason)
  expect(exactTarget(again)).toEqual({ container: 'tfjs', precision: 'exact' })
})
