import { strFromU8, unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import {
  drained,
  exactFile,
  file,
  freshEngine,
  lastOf,
  quantized,
} from '../../../testing/engine/drive-engine'
import { smallModel } from '../../../testing/files/layers-files'
import { memoryFile } from '../../files/file-bundle'
import { writeZip, zipLength } from '../../files/zip-writer'
import { openModel } from '../../formats/importers'
import { defaultRecipe } from '../../techniques/recipe'

const go = () => Promise.resolve()

const engine = freshEngine()

/** The small model with both kernels stored as uint8; zero is none of their levels. */
function quantizedFiles(): { json: string; shard: Uint8Array<ArrayBuffer> } {
  const { json } = smallModel()
  const [group] = json.weightsManifest
  if (group === undefined) throw new Error('no manifest')
  group.paths = ['weights.bin']
  const parts = group.weights.map((weight, index) => {
    const count = weight.shape.reduce((product, side) => product * side, 1)
    if (!weight.name.endsWith('kernel'))
      return new Uint8Array(Float32Array.from({ length: count }, (_, i) => i / 8).buffer)
    weight.quantization = { dtype: 'uint8', scale: 0.0123 + index / 1000, min: -1.2347 }
    return Uint8Array.from({ length: count }, (_, i) => (i * 53 + 7 * index) % 256)
  })
  const shard = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    shard.set(part, at)
    at += part.length
  }
  return { json: JSON.stringify(json), shard }
}

it('without a step the download of a quantized file is as it was, and its own bytes come first', async () => {
  const { json, shard } = quantizedFiles()
  const sources = [
    { path: 'model.json', bytes: new TextEncoder().encode(json) },
    { path: 'weights.bin', bytes: shard },
  ]
  const { result: summary } = await drained(
    engine.current.model.open({ files: [file('model.json', json), file('weights.bin', shard)] }),
  )
  const { own, zippedFloat32Bytes } = summary.original
  expect(own).toEqual({ zippedBytes: zipLength(await writeZip(sources, go)), storedBytes: 56 })
  expect(zippedFloat32Bytes).toBe(summary.zippedFloat32Bytes)
  const { events } = await drained(
    engine.current.recipe.preview({ recipe: defaultRecipe, focus: [], mode: 'settled' }),
  )
  const { kinds, stored } = lastOf(events, 'size').sizes
  expect(stored).toBe(56)
  expect(kinds.map(({ storedAs }) => storedAs).sort()).toEqual(['float32', 'uint8'])
  // 28 codes of a byte, two ranges of two doubles, seven float32 biases.
  expect(lastOf(events, 'weights').sizes).toMatchObject({ stored: 56, kinds, bitPacked: 88 })

  const { result } = await drained(
    engine.current.recipe.export({ recipe: defaultRecipe, target: exactFile, report: 'apart' }),
  )
  const parts = unzipSync(new Uint8Array(await result.zip.arrayBuffer()))
  expect(parts['group1-shard1of1.bin']).toEqual(shard)
  const written = JSON.parse(strFromU8(parts['model.json'] ?? shard)) as typeof read
  const read = JSON.parse(json) as {
    weightsManifest: readonly { weights: readonly { quantization?: object }[] }[]
  }
  const scales = (from: typeof read) =>
    from.weightsManifest.flatMap(({ weights }) => weights.map(({ quantization }) => quantization))
  expect(scales(written)).toMatchObject(scales(read))
  const card = unzipSync(new Uint8Array(await result.reportZip.arrayBuffer()))['README.md']
  expect(strFromU8(card ?? shard)).toContain(
    `The opened files: ${own?.zippedBytes} bytes zipped as they were, ${zippedFloat32Bytes} bytes as float32`,
  )
})

it('quantizing uint8 weights to 8 bits per tensor changes nothing', async () => {
  const { json, shard } = quantizedFiles()
  const { result: summary } = await drained(
    engine.current.model.open({ files: [file('model.json', json), file('weights.bin', shard)] }),
  )
  // Stated both ways: as stored and as float32.
  expect(summary.totals).toMatchObject({ storedBytes: 28 + 28, float32Bytes: 140 })
  const { events } = await drained(
    engine.current.recipe.preview({ recipe: quantized(8), focus: [], mode: 'settled' }),
  )
  expect(lastOf(events, 'weights').layers.map(({ mse, sqnrDb }) => [mse, sqnrDb])).toEqual([
    [0, null],
    [0, null],
  ])
  expect(lastOf(events, 'agreement').relativeError).toBe(0)
  const { result } = await drained(
    engine.current.recipe.export({ recipe: quantized(8), target: exactFile }),
  )
  const before = await openModel(
    [memoryFile('model.json', new TextEncoder().encode(json)), memoryFile('weights.bin', shard)],
    go,
  )
  const after = await openModel(
    [memoryFile('d.zip', new Uint8Array(await result.zip.arrayBuffer()))],
    go,
  )
  expect(after.weights.map(({ values }) => values)).toEqual(
    before.weights.map(({ values }) => values),
  )
  expect(after.weights.map(({ quantized: codes }) => codes?.codes)).toEqual(
    before.weights.map(({ quantized: codes }) => codes?.codes),
  )
  // Fewer bits do change them.
  const fewer = await drained(
    engine.current.recipe.preview({ recipe: quantized(4), focus: [], mode: 'settled' }),
  )
  expect(lastOf(fewer.events, 'agreement').relativeError).toBeGreaterThan(0)
})
