import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodings } from '../../testing/files/any-encoding'
import { bundleOf, richModel } from '../../testing/files/layers-files'
import { withLayer } from '../../testing/files/refusals'
import { safetensorsFile } from '../../testing/files/safetensors-files'
import { decode } from '../core/encoded-tensor'
import { isStudioError } from '../core/errors'
import { oneGroup } from '../core/group-layout'
import type { TensorSpec } from '../core/tensor-spec'
import { float16ToNumber, numberToFloat16 } from '../core/float16'
import type { ExportTarget } from '../core/model-summary'
import { memoryFile } from '../files/file-bundle'
import { writeZip } from '../files/zip-writer'
import type { ExportTensor } from './exporter'
import { isComputedOtherwise } from '../core/model-summary'
import {
  exactTarget,
  exporterFor,
  formsOf,
  refusalOf,
  storedForms,
  targetsOf,
  writeModel,
  writtenParts,
} from './exporters'
import type { OpenedModel, OpenedWeight } from './format'
import { openModel } from './importers'

const containers = ['tfjs', 'safetensors', 'onnx', 'keras', 'kerasH5', 'kerasWeights'] as const
const go = () => Promise.resolve()
const models = [await openModel(bundleOf(richModel()), go), await openModel(safetensorsFile(), go)]
// What decodes itself holds few of the encodings here: packed-graphs.engine.test.ts has its own.
const targets = models.flatMap((model) =>
  targetsOf(model)
    // Their tensors are others than the model's.
    .filter((target) => !isComputedOtherwise(target))
    .filter(({ precision }) => precision !== 'packed')
    .filter(({ container, precision }) => {
      // One of each kind of layout; what TensorFlow.js takes for hard_sigmoid is not what Keras 3 does.
      if (container === 'kerasWeights') return precision === 'float16'
      return container === 'kerasH5' ? precision === 'exact' : container !== 'keras'
    })
    .map((target) => [`${target.container}, ${target.precision}`, target, model] as const),
)

/** Any encoding of a few weights; the others as they were opened. */
function anyTensorsOf({ weights }: OpenedModel): fc.Arbitrary<readonly ExportTensor[]> {
  const share = weights.length > 20 ? 1 : 4
  return fc.tuple(
    ...weights.map((weight) => {
      const opened = fc.constant<OpenedWeight>(weight)
      return weight.spec.dtype === 'bytes'
        ? opened
        : fc.oneof(
            { weight: share, arbitrary: encodings(weight) },
            { weight: 9, arbitrary: opened },
          )
    }),
  )
}

/** Bits, not numbers: 0 and -0 differ. */
function bitsOf(values: OpenedWeight['values'] | undefined): Uint8Array {
  if (values === undefined) throw new Error('a tensor is missing')
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** The model as somebody who downloaded it reads it. */
async function reread(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  target: ExportTarget,
): Promise<OpenedModel> {
  const { files } = await writeModel(model, tensors, target, go)
  return openModel([memoryFile('m.zip', Buffer.concat(await writeZip(files, go)))], go)
}

test.each(models)('the own kind of files comes first, without a loss', (model) => {
  expect(targetsOf(model)[0]).toEqual(exactTarget(model))
  expect(refusalOf(model, model.weights, exactTarget(model))).toBeNull()
})

test.each(models)('whoever asks which files there are makes no tensor whole', (model) => {
  const made: string[] = []
  let asked = ''
  const tensors = model.weights.map((weight): ExportTensor => {
    const { spec, values } = weight
    if (!(values instanceof Float32Array)) return weight
    return {
      ...{ kind: 'float', spec, between: (from, to) => values.slice(from, to) },
      get values() {
        made.push(`${spec.name} for ${asked}`)
        return values
      },
    }
  })
  for (const target of targetsOf(model)) {
    asked = `${target.container}, ${target.precision}`
    refusalOf(model, tensors, target)
  }
  expect(made).toEqual([])
})

/** A model that TensorFlow.js builds and does not compute, and weights of which nothing says what reads them. */
const notRun = [
  await openModel(
    withLayer('Conv1D', { filters: 4, kernel_size: 3, padding: 'causal', dilation_rate: 2 }),
    go,
  ),
  await openModel(safetensorsFile(), go),
]

test.each(notRun)('no kind of files breaks on a model that does not run', async (model) => {
  for (const container of containers)
    for (const precision of exporterFor(container).precisions) {
      const target = { container, precision }
      const refusal = refusalOf(model, model.weights, target)
      const attempt = await writeModel(model, model.weights, target, go).catch((e: unknown) => e)
      const place = `${container}, ${precision}`
      if (refusal === null) expect(attempt, place).not.toBeInstanceOf(Error)
      else expect(isStudioError(attempt) && attempt.toData(), place).toEqual(refusal)
      if (container === 'onnx') expect(refusal, place).toEqual(model.obstacles.run)
    }
})

describe.each(targets)('%s', (_, target, model) => {
  const anyTensors = anyTensorsOf(model)

  test('says beforehand what it cannot hold, and holds the rest as it says', async () => {
    let held = 0
    await fc.assert(
      fc.asyncProperty(anyTensors, async (tensors) => {
        const refusal = refusalOf(model, tensors, target)
        if (refusal !== null) {
          const attempt = await writeModel(model, tensors, target, go).catch(
            (error: unknown) => error,
          )
          expect(isStudioError(attempt) ? attempt.toData() : attempt).toEqual(refusal)
          return
        }
        held++
        const forms = storedForms(model, tensors, target)
        const exported = await writeModel(model, tensors, target, go)
        const again = await reread(model, tensors, target)
        for (const [index, form] of forms.entries()) {
          const { name, storedAs, bytes, reason } = form
          expect(exported.tensors[index]).toEqual({ name, storedAs, bytes, reason })
          expect(form.content()).toHaveLength(bytes)
        }
        expect(exported.held.length).toBe(forms.length)
        for (const [index, { bytes, name, restored, storedAs }] of exported.held.entries()) {
          const found = again.weights[index]
          expect(found).toMatchObject({ spec: { name }, storedAs, storedBytes: bytes })
          expect(bitsOf(found?.values)).toEqual(bitsOf(restored()))
        }
        const inFiles = exported.files.filter(({ holdsWeights }) => holdsWeights)
        expect(exported.shardBytes).toBe(inFiles.reduce((sum, { size }) => sum + size, 0))
      }),
      { seed: 20, numRuns: 30 },
    )
    expect(held).toBeGreaterThan(3)
  })

  test('restores what was decoded, rounded once more only where that was chosen', () => {
    const isRounded = target.precision === 'float16'
    const half = (value: number): number => float16ToNumber(numberToFloat16(value))
    fc.assert(
      fc.property(anyTensors, (tensors) => {
        const parts = writtenParts(model, tensors, target)
        for (const [index, form] of formsOf(model, parts, target).entries()) {
          const tensor = parts.tensors[index]
          if (tensor === undefined) throw new Error('one for each weight')
          const values = 'kind' in tensor ? decode(tensor) : tensor.values
          const wanted = isRounded && values instanceof Float32Array ? values.map(half) : values
          expect(bitsOf(form.restored())).toEqual(bitsOf(wanted))
        }
      }),
      { seed: 21, numRuns: 30 },
    )
  })

  test('is made and read in pieces as it is whole', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(anyTensors, share, share, (tensors, one, other) => {
        if (refusalOf(model, tensors, target) !== null) return
        const range = (length: number): readonly [number, number] => [
          Math.floor(Math.min(one, other) * length),
          Math.ceil(Math.max(one, other) * length),
        ]
        for (const form of storedForms(model, tensors, target)) {
          const [from, to] = range(form.bytes)
          expect(form.content(from, to)).toEqual(form.content().slice(from, to))
          const [first, last] = range(form.length)
          const whole = form.restored()
          expect(whole).toHaveLength(form.length)
          expect(bitsOf(form.restored(first, last))).toEqual(bitsOf(whole.slice(first, last)))
        }
      }),
      { seed: 22, numRuns: 60 },
    )
  })

  test('is the tensors end to end', async () => {
    const { files, shardBytes } = await writeModel(model, model.weights, target, go)
    const shards = files.filter(({ holdsWeights }) => holdsWeights)
    const held = storedForms(model, model.weights, target).map((form) => form.content())
    const bytes = Buffer.concat(shards.map((shard) => shard.bytes))
    if (target.container === 'tfjs') expect(bytes).toEqual(Buffer.concat(held))
    else for (const tensor of held) expect(bytes.includes(Buffer.from(tensor))).toBe(true)
    expect(shards.map(({ bytes }) => bytes.length)).toEqual(shards.map(({ size }) => size))
    expect(shards.reduce((sum, { size }) => sum + size, 0)).toBe(shardBytes)
  })

  test('is asked without writing: nothing is decoded for the sizes', () => {
    // Codes of windows may be laid in another order first.
    const isDense = ({ layerKind, role }: TensorSpec): boolean =>
      layerKind === 'dense' && role === 'kernel'
    const at = Math.max(
      0,
      model.weights.findIndex(({ spec }) => isDense(spec)),
    )
    const weight = model.weights[at]
    if (weight === undefined) throw new Error('no weights')
    const codes = new Uint8Array(weight.values.length)
    const { spec } = weight
    const levels = Float32Array.of(Math.fround(1 / 3), 2)
    const groups = oneGroup(codes.length)
    const tensor = { kind: 'codebook', spec, bits: 1, codes, groups, levels } as const
    const tensors = model.weights.map((own, place) => (place === at ? tensor : own))
    const form = storedForms(model, tensors, target)[at]
    codes[3] = 1
    // Decoded only now, after the codes have changed.
    expect(form?.restored()[3]).toBe(2)
  })
})
