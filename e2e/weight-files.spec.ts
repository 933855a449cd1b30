import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { dropOnPage } from '../testing/browser/drop.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

const folder = 'testing/models/weights'

interface Header {
  readonly __metadata__: { readonly compression_studio: string }
  readonly [name: string]: object
}

/** A safetensors file, read by what its documentation says. */
class WeightFile {
  readonly header: Header
  private readonly bytes: Uint8Array
  private readonly start: number

  constructor(file: Uint8Array) {
    // A copy, since a Buffer of Node lies in a larger one.
    this.bytes = Uint8Array.from(file)
    const { bytes } = this
    const length = new DataView(bytes.buffer).getUint32(0, true)
    this.start = 8 + length
    this.header = JSON.parse(strFromU8(bytes.subarray(8, this.start))) as Header
  }

  bytesOf(name: string): Uint8Array<ArrayBuffer> {
    const { data_offsets: offsets } = this.header[name] as { data_offsets: [number, number] }
    return this.bytes.slice(this.start + offsets[0], this.start + offsets[1])
  }

  floats(name: string): Float32Array {
    return new Float32Array(this.bytesOf(name).buffer)
  }
}

test('weights of PyTorch are pruned, quantized and saved: the bytes are those of the page, and decode to near the originals', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [resolve(folder, 'checkpoint.pth')])
  await expect(studio.result).toContainText('not measured: the model cannot run here', {
    timeout: 60_000,
  })
  const data = page.getByRole('region', { name: 'Data' })
  await expect(data).toContainText('checkpoint.pth holds weights by name')
  await studio.switchOn('Prune')
  await studio.switchOn('Quantize')
  const promised = page.getByRole('button', { name: /^Download [\d.]/ })
  await expect(promised).toBeEnabled()

  const { path } = await studio.download()
  const zip = readFileSync(path)
  const report = page.getByRole('group', { name: 'Finished download' })
  await expect(report).toContainText(zip.length.toLocaleString('en-US'))
  await expect(report).toContainText('Open it in Python')

  const file = new WeightFile(unzipSync(zip)['model.safetensors'] ?? new Uint8Array(0))
  const told = JSON.parse(file.header.__metadata__.compression_studio) as {
    weights: [string, { codes: string; scale: string; zero_point: string } | null][]
  }
  const how = told.weights.find(([name]) => name === 'fc.weight')?.[1]
  if (how == null) throw new Error('fc.weight is not held as codes')
  const before = new WeightFile(readFileSync(`${folder}/state.safetensors`)).floats('fc.weight')
  const [scale = NaN] = file.floats(how.scale)
  const [zero = NaN] = file.floats(how.zero_point)
  const after = Float32Array.from(file.bytesOf(how.codes), (code) => code * scale - scale * zero)
  expect(after.length).toBe(before.length)
  expect(after.filter((value) => value === 0).length).toBeGreaterThan(3)
  for (const [at, value] of after.entries())
    if (value !== 0) expect(Math.abs(value - (before[at] ?? NaN))).toBeLessThanOrEqual(scale)

  // What was saved opens again, and so does a file of safetensors itself.
  await dropOnPage(page, [path])
  await expect(data).toContainText('model.safetensors holds weights by name')
  await dropOnPage(page, [resolve(folder, 'state.safetensors')])
  await expect(data).toContainText('state.safetensors holds weights by name')
})
