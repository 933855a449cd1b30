import { inflateRawSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { bundleOf, richModel } from '../../../testing/files/layers-files'
import type { AffineTensor, EncodedTensor } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { groupsOfChannels, groupsOfInputs, oneGroup } from '../../core/group-layout'
import { float16ToNumber, numberToFloat16 } from '../../core/float16'
import { memoryFile } from '../../files/file-bundle'
import { createRandom } from '../../core/random'
import type { Precision } from '../../core/model-summary'
import type { ExportTensor } from '../exporter'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'
import { readZip } from '../../files/zip-archive'
import { writeZip, zipLength } from '../../files/zip-writer'
import { tfjsExporter } from './export-model-files'

const go = () => Promise.resolve()
const open = (): Promise<OpenedModel> => openModel(bundleOf(richModel()), go)

/** Reads an export back from its zip, as somebody who downloaded it would. */
async function reopened(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  format: Precision,
): Promise<{ again: OpenedModel; exported: Awaited<ReturnType<typeof tfjsExporter.write>> }> {
  const exported = await tfjsExporter.write(model, tensors, format, go)
  const zip = Buffer.concat(await writeZip(exported.files, go))
  return { again: await openModel([memoryFile('small.zip', zip)], go), exported }
}

test('what ml5 and others keep in the file is carried on', async () => {
  const { json, shards } = richModel()
  const own = {
    userDefinedMetadata: { labels: ['a'] },
    ml5Specs: { mapStringToIndex: ['me', '我'] },
  }
  const model = await openModel(bundleOf({ json: Object.assign(json, own), shards }), go)
  const { again } = await reopened(model, model.weights, 'exact')
  expect([again.metadata, again.ml5Specs]).toEqual([own.userDefinedMetadata, own.ml5Specs])
})

describe('float16', () => {
  test('rounds each decoded value once', async () => {
    const model = await open()
    const { again, exported } = await reopened(model, model.weights, 'float16')
    expect(exported.tensors.every((tensor) => tensor.storedAs === 'float16')).toBe(true)
    for (const [index, weight] of model.weights.entries())
      expect(again.weights[index]?.values).toEqual(
        Float32Array.from(weight.values, (value) => float16ToNumber(numberToFloat16(value))),
      )
  })

  test('refuses values beyond it by name', async () => {
    const model = await open()
    const [weight] = model.weights
    if (weight === undefined) throw new Error('no weights')
    const values = Float32Array.from(weight.values)
    values[5] = 70_000
    const tensor: EncodedTensor = { kind: 'float', spec: weight.spec, values }
    const attempt = tfjsExporter.write(model, [tensor, ...model.weights.slice(1)], 'float16', go)
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

  test('affine codes of tensors and channels fit uint8 or uint16; the rest says why not', async () => {
    const model = await open()
    const weight = model.weights.find((item) => item.spec.name === 'head/kernel')
    if (weight === undefined) throw new Error('no head')
    const { spec } = weight
    const { length } = weight.values
    const third = Math.fround(1 / 3)
    const affine = (bits: number, channels = 1, mask: Uint8Array | null = null): AffineTensor => ({
      kind: 'affine',
      spec,
      bits,
      codes: bits <= 8 ? new Uint8Array(length).fill(1) : new Uint16Array(length).fill(1),
      groups:
        channels === 1 ? oneGroup(length) : groupsOfChannels({ count: channels, inner: 1 }, length),
      scale: new Float32Array(channels).fill(third),
      zeroPoint: new Float64Array(channels),
      mask,
    })
    const codes = new Uint8Array(length)
    const book: EncodedTensor = {
      kind: 'codebook',
      spec,
      bits: 1,
      codes,
      groups: oneGroup(length),
      levels: Float32Array.of(third, 2),
    }
    const storedWith = async (tensor: EncodedTensor, format: Precision = 'exact') => {
      const tensors = model.weights.map((item) => (item === weight ? tensor : item))
      const { tensors: stored } = await tfjsExporter.write(model, tensors, format, go)
      const entry = stored.find((item) => item.name === spec.name)
      return [entry?.storedAs, entry?.reason]
    }
    expect(await storedWith(affine(3))).toEqual(['uint8', null])
    expect(await storedWith(affine(12))).toEqual(['uint16', null])
    expect(await storedWith(affine(8, 2))).toEqual(['uint8', null])
    // Those of another kind of file, which no step has changed.
    const foreign = { ...weight, held: { kind: 'codes', tensor: affine(8, 2) } } as const
    const weights = model.weights.map((item) => (item === weight ? foreign : item))
    const { tensors } = await tfjsExporter.write({ ...model, weights }, weights, 'exact', go)
    expect(tensors.find(({ name }) => name === spec.name)?.reason).toBe('perChannel')
    const blocks = { ...affine(8, 2), groups: groupsOfInputs(spec, 2) }
    expect(await storedWith(blocks)).toEqual(['float32', 'perGroup'])
    expect(await storedWith(affine(8, 1, new Uint8Array(length).fill(1)))).toEqual([
      'float32',
      'linearWithMask',
    ])
    expect(await storedWith(book)).toEqual(['float32', 'mean'])
    // Half the bytes where no value is lost, whatever the reason for decoding.
    expect(await storedWith({ ...book, levels: Float32Array.of(0.5, third) })).toEqual([
      'float16',
      'mean',
    ])
    expect(await storedWith({ ...book, codes: codes.with(length - 1, 1) })).toEqual([
      'float32',
      'mean',
    ])
    expect(await storedWith(affine(8, 1, new Uint8Array(length)))).toEqual([
      'float16',
      'linearWithMask',
    ])
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
    const { files } = await tfjsExporter.write(model, model.weights, 'exact', go)
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

  test('stops when told, says how far it is, and counts its own length', async () => {
    const files = Array.from({ length: 8 }, (_, file) => ({
      path: `${file}.bin`,
      bytes: Uint8Array.from({ length: 30_000 }, (_, index) => (index * index + file) % 251),
    }))
    const marks: number[] = []
    const parts = await writeZip(files, (done, total) => {
      marks.push(done / total)
      return Promise.resolve()
    })
    expect(marks).toEqual(marks.toSorted((a, b) => a - b))
    expect([...new Set(marks)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => n / 8))
    expect(zipLength(parts)).toBe(Buffer.concat(parts).length)
    const cancelled = new StudioError('engine/cancelled', {})
    const stopped = writeZip(files, (done) =>
      done > 100_000 ? Promise.reject(cancelled) : Promise.resolve(),
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
