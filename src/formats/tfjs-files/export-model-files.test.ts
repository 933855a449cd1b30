import { inflateRawSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bundleOf, richModel } from '../../../testing/files/layers-files'
import { decode } from '../../core/encoded-tensor'
import type { EncodedTensor } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { float16ToNumber, numberToFloat16 } from '../../core/float16'
import { memoryFile } from '../../files/file-bundle'
import { createRandom } from '../../core/random'
import type { ExportFormat, ExportTensor, OpenedModel, OpenedWeight } from '../format'
import { openModel } from '../importers'
import { readZip } from '../../files/zip-archive'
import { writeZip, zipLength } from '../../files/zip-writer'
import { exportModelFiles } from './export-model-files'

const go = () => Promise.resolve()
const open = (): Promise<OpenedModel> => openModel(bundleOf(richModel()), go)

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 })

/** Any encoding of a weight that a technique could produce, and some that none does. */
function encodings({ spec, values }: OpenedWeight): fc.Arbitrary<EncodedTensor> {
  const { length } = values
  const channels = fc.constantFrom(1, spec.channel.count)
  const codes = (bits: number): fc.Arbitrary<Uint8Array | Uint16Array> =>
    bits <= 8
      ? fc.uint8Array({ minLength: length, maxLength: length, max: 2 ** bits - 1 })
      : fc.uint16Array({ minLength: length, maxLength: length, max: 2 ** bits - 1 })
  return fc.oneof(
    fc
      .float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true })
      .map((floats): EncodedTensor => ({ kind: 'float', spec, values: floats })),
    fc.integer({ min: 1, max: 16 }).chain((bits) =>
      channels.chain((count) =>
        fc
          .record({
            codes: codes(bits),
            scale: fc.float32Array({
              minLength: count,
              maxLength: count,
              min: Math.fround(1e-12),
              max: 2,
              noNaN: true,
            }),
            zeroPoint: fc.float64Array({
              minLength: count,
              maxLength: count,
              min: -5,
              max: 70_000,
              noNaN: true,
            }),
            mask: fc.option(fc.uint8Array({ minLength: length, maxLength: length, max: 1 })),
          })
          .map((parts): EncodedTensor => ({ kind: 'affine', spec, bits, ...parts })),
      ),
    ),
    fc.integer({ min: 1, max: 6 }).chain((bits) =>
      channels.chain((groups) =>
        fc
          .record({
            codes: codes(bits),
            levels: fc
              .array(float32, { minLength: groups << bits, maxLength: groups << bits })
              .map((levels) => Float32Array.from(levels)),
          })
          .map((parts): EncodedTensor => ({ kind: 'codebook', spec, bits, groups, ...parts })),
      ),
    ),
  )
}

/** Reads an export back from its zip, as somebody who downloaded it would. */
async function reopened(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  format: ExportFormat,
): Promise<{ again: OpenedModel; exported: Awaited<ReturnType<typeof exportModelFiles>> }> {
  const exported = await exportModelFiles(model, tensors, format, go)
  const zip = Buffer.concat(await writeZip(exported.files, go))
  return { again: await openModel([memoryFile('small.zip', zip)], go), exported }
}

function decoded(tensor: ExportTensor): ArrayLike<number> {
  return 'kind' in tensor ? decode(tensor) : tensor.values
}

describe('what is written is what was decoded', () => {
  test('exact and float32, any encoding, bit for bit', async () => {
    const model = await open()
    const anyTensors = fc.tuple(...model.weights.map(encodings))
    await fc.assert(
      fc.asyncProperty(
        anyTensors,
        fc.constantFrom<ExportFormat>('exact', 'float32'),
        async (tensors, format) => {
          const { again, exported } = await reopened(model, tensors, format)
          for (const [index, tensor] of tensors.entries())
            expect(again.weights[index]?.values).toEqual(decoded(tensor))
          const stored = again.weights.reduce((sum, weight) => sum + weight.storedBytes, 0)
          expect(exported.shardBytes).toBe(stored)
          expect(exported.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0)).toBe(stored)
        },
      ),
      { seed: 20, numRuns: 60 },
    )
  })

  test('float16 rounds each decoded value once', async () => {
    const model = await open()
    const { again, exported } = await reopened(model, model.weights, 'float16')
    expect(exported.tensors.every((tensor) => tensor.storedAs === 'float16')).toBe(true)
    for (const [index, weight] of model.weights.entries())
      expect(again.weights[index]?.values).toEqual(
        Float32Array.from(weight.values, (value) => float16ToNumber(numberToFloat16(value))),
      )
  })

  test('values beyond float16 are refused by name', async () => {
    const model = await open()
    const [weight] = model.weights
    if (weight === undefined) throw new Error('no weights')
    const values = Float32Array.from(weight.values)
    values[5] = 70_000
    const tensor: EncodedTensor = { kind: 'float', spec: weight.spec, values }
    const attempt = exportModelFiles(model, [tensor, ...model.weights.slice(1)], 'float16', go)
    await expect(attempt).rejects.toThrow(
      new StudioError('export/float16-range', {
        tensor: weight.spec.name,
        index: 5,
        value: 70_000,
      }),
    )
  })
})

describe('the smallest entry that changes nothing', () => {
  test('an untouched model keeps its own entries', async () => {
    const model = await open()
    const { again, exported } = await reopened(model, model.weights, 'exact')
    expect(again.weights.map((w) => w.values)).toEqual(model.weights.map((w) => w.values))
    for (const [index, weight] of model.weights.entries()) {
      const now = exported.tensors[index]
      if (weight.storedAs !== 'float32') expect(now?.storedAs).toBe(weight.storedAs)
      else expect(now?.bytes).toBeLessThanOrEqual(weight.storedBytes)
    }
  })

  test('per-tensor affine fits uint8 or uint16; the rest says why not', async () => {
    const model = await open()
    const weight = model.weights.find((item) => item.spec.name === 'head/kernel')
    if (weight === undefined) throw new Error('no head')
    const { spec } = weight
    const { length } = weight.values
    const third = Math.fround(1 / 3)
    const affine = (bits: number, channels = 1, mask: Uint8Array | null = null): EncodedTensor => ({
      kind: 'affine',
      spec,
      bits,
      codes: bits <= 8 ? new Uint8Array(length).fill(1) : new Uint16Array(length).fill(1),
      scale: new Float32Array(channels).fill(third),
      zeroPoint: new Float64Array(channels),
      mask,
    })
    const book: EncodedTensor = {
      kind: 'codebook',
      spec,
      bits: 1,
      codes: new Uint8Array(length),
      levels: Float32Array.of(third, 2),
      groups: 1,
    }
    const storedWith = async (tensor: EncodedTensor, format: ExportFormat = 'exact') => {
      const tensors = model.weights.map((item) => (item === weight ? tensor : item))
      const { tensors: stored } = await exportModelFiles(model, tensors, format, go)
      const entry = stored.find((item) => item.name === spec.name)
      return [entry?.storedAs, entry?.reason]
    }
    expect(await storedWith(affine(3))).toEqual(['uint8', null])
    expect(await storedWith(affine(12))).toEqual(['uint16', null])
    expect(await storedWith(affine(8, 2))).toEqual(['float32', 'perChannel'])
    expect(await storedWith(affine(8, 1, new Uint8Array(length).fill(1)))).toEqual([
      'float32',
      'linearWithMask',
    ])
    expect(await storedWith(book)).toEqual(['float32', 'mean'])
    expect(await storedWith(affine(3), 'float32')).toEqual(['float32', 'chosen'])
    expect(await storedWith(affine(3), 'float16')).toEqual(['float16', 'chosen'])
    expect(
      await storedWith({ kind: 'float', spec, values: new Float32Array(length).fill(third) }),
    ).toEqual(['float32', 'notQuantized'])
  })
})

describe('the zip', () => {
  test('equal input gives equal bytes in every time zone, and other tools read it', async () => {
    const model = await open()
    const { files } = await exportModelFiles(model, model.weights, 'exact', go)
    const home = process.env['TZ']
    const zips: Buffer[] = []
    for (const zone of ['UTC', 'Pacific/Auckland', 'America/Los_Angeles', 'Asia/Kathmandu']) {
      process.env['TZ'] = zone
      zips.push(Buffer.concat(await writeZip(files, go)))
    }
    process.env['TZ'] = home
    for (const zip of zips) expect(zip.equals(zips[0] ?? Buffer.of())).toBe(true)
    const unzipped = unzipSync(zips[0] ?? Buffer.of())
    expect(Object.keys(unzipped)).toEqual(files.map((file) => file.path))
    for (const file of files)
      expect(Buffer.from(unzipped[file.path] ?? []).equals(Buffer.from(file.bytes))).toBe(true)
  })

  test('stops between files when told, and counts its own length', async () => {
    const files = Array.from({ length: 8 }, (_, file) => ({
      path: `${file}.bin`,
      bytes: Uint8Array.from({ length: 300_000 }, (_, index) => (index * index + file) % 251),
    }))
    const marks: number[] = []
    const parts = await writeZip(files, (done, total) => {
      marks.push(done / total)
      return Promise.resolve()
    })
    expect(marks).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => n / 8))
    expect(zipLength(parts)).toBe(Buffer.concat(parts).length)
    const cancelled = new StudioError('engine/cancelled', {})
    const stopped = writeZip(files, (done) =>
      done > 1_000_000 ? Promise.reject(cancelled) : Promise.resolve(),
    )
    await expect(stopped).rejects.toBe(cancelled)
  })

  test('survives weights that start with zeros, which fflate cannot deflate in pieces', async () => {
    const random = createRandom(5)
    for (let round = 0; round < 40; round++) {
      const bytes = Uint8Array.from({ length: 200 + 40 * round }, () =>
        random.uniform() < 0.9 ? 0 : random.below(256),
      )
      bytes[0] = 0
      const zip = Buffer.concat(await writeZip([{ path: 'a.bin', bytes }], go))
      expect(inflateRawSync(zip.subarray(35)).equals(Buffer.from(bytes))).toBe(true)
      const [again] = await readZip(memoryFile('a.zip', zip), go)
      expect(await again?.read(0, bytes.length)).toEqual(bytes)
    }
  })
})
