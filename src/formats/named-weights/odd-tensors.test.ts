import { expect, test } from 'vitest'
import { float32, ramp, safetensorsFile } from '../../../testing/files/safetensors-files'
import { memoryFile } from '../../files/file-bundle'
import { writeModel } from '../exporters'
import { openModel, walkModel } from '../importers'

const go = () => Promise.resolve()

const doubles = new Uint8Array(Float64Array.of(1, -Infinity, 2).buffer)
/** A mask as transformers keep it, a running mean of a training that diverged, halves, and weights as they should be. */
const entries = {
  'attn.bias': { dtype: 'F32', shape: [2, 2], bytes: float32(0, -Infinity, 0, 0) },
  'bn.running_mean': { dtype: 'F32', shape: [3], bytes: float32(1, NaN, Infinity) },
  'fc.weight': { dtype: 'F32', shape: [2, 16], bytes: ramp(32) },
  halves: { dtype: 'F16', shape: [2], bytes: Uint8Array.of(0x00, 0xfc, 0x00, 0x3c) },
  long: { dtype: 'F64', shape: [3], bytes: doubles },
  short: { dtype: 'BF16', shape: [1], bytes: Uint8Array.of(0xc1, 0x7f) },
}
const odd = Object.keys(entries).filter((name) => name !== 'fc.weight')

test('tensors with infinities or NaN stay the bytes that they came as, and the file opens', async () => {
  const model = await openModel(safetensorsFile(entries), go)
  const kept = model.weights.filter(({ spec }) => spec.dtype === 'bytes')
  expect(kept.map(({ spec }) => spec.name)).toEqual(odd)
  expect(kept.map(({ spec }) => spec.role)).toEqual(odd.map(() => 'other'))
  expect(model.graph.parameters.get('bn.running_mean')?.dtype).toBe('bytes')
  expect(model.notes).toContainEqual({
    code: 'note/kept-not-finite',
    params: { count: 5, tensor: 'attn.bias', nan: 0, infinite: 1 },
  })
  expect(model.notes.map(({ code }) => code)).not.toContain('note/kept-as-bytes')
})

test.each(['exact', 'float16', 'float32'] as const)(
  'they are written as %s with the same bytes, and read back as what was written',
  async (precision) => {
    const model = await openModel(safetensorsFile(entries), go)
    const target = { container: 'safetensors', precision } as const
    const { files, held } = await writeModel(model, model.weights, target, go)
    const again = files.map(({ bytes, path }) => memoryFile(path, bytes))
    const { weights } = await openModel(again, go)
    for (const name of odd) {
      const [came, is] = [model, { weights }].map((one) =>
        one.weights.find(({ spec }) => spec.name === name),
      )
      expect([name, is?.storedAs, is?.values]).toEqual([name, came?.storedAs, came?.values])
    }
    const walked = new Map<string, readonly number[]>()
    await walkModel(again, ({ spec, values }) => walked.set(spec.name, [...values]), go)
    for (const { length, name, restored } of held) {
      expect([name, length]).toEqual([name, walked.get(name)?.length])
      expect([name, ...restored(0, length)]).toEqual([name, ...(walked.get(name) ?? [])])
    }
  },
)

test('where no tensor is finite there is nothing to work on', async () => {
  const { 'fc.weight': _, ...rest } = entries
  const empty = { dtype: 'F32', shape: [0], bytes: new Uint8Array(0) }
  const files = () => safetensorsFile({ ...rest, empty })
  const error = {
    code: 'open/non-finite',
    params: { tensor: 'attn.bias', nan: 0, infinite: 1, firstIndex: 1 },
  }
  await expect(openModel(files(), go)).rejects.toMatchObject(error)
  await expect(walkModel(files(), () => undefined, go)).rejects.toMatchObject(error)
})
