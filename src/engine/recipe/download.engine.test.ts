import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { beforeEach, describe, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { drained, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { answeredByOnnx } from '../../../testing/engine/onnx-written'
import { rowsOf } from '../../../testing/files/report-table'
import type { ReportTable } from '../../../testing/files/report-table'
import { smallCounts } from '../../../testing/files/small-data'
import { sampleFiles } from '../../../testing/models/sample-files'
import { loadGraphWithStock, loadWithStock } from '../../../testing/models/stock-model'
import { recipeWith } from '../../../testing/studio/recipe-with'
import type { ModelSummary } from '../../core/model-summary'
import { memoryFile } from '../../files/file-bundle'
import { readZip } from '../../files/zip-archive'
import { openModel } from '../../formats/importers'
import type { ZipSize } from '../../protocol/recipe-messages'
import { Program } from '../program/program'

const engine = freshEngine()
let model: ModelSummary
beforeEach(async () => {
  const files = sampleFiles('lenet-300-100')
  model = (await drained(engine.current.model.open({ files }))).result
  await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
})

async function filesIn(zip: Blob) {
  const file = memoryFile('a.zip', new Uint8Array(await zip.arrayBuffer()))
  const archive = await readZip(file, () => Promise.resolve())
  return Promise.all(
    archive.map(async (one) => ({ path: one.path, bytes: await one.read(0, one.size) })),
  )
}

/** Shorter than a megabyte beside another. */
async function hashOf(zip: Blob): Promise<string> {
  return createHash('sha256')
    .update(new Uint8Array(await zip.arrayBuffer()))
    .digest('hex')
}

function hashesOf(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]) {
  return files.map(({ bytes, path }) => [path, createHash('sha256').update(bytes).digest('hex')])
}

interface Written {
  readonly tensors: ReportTable
  readonly accuracy: readonly { readonly split: string; readonly samples: number }[]
}

const precisions = ['exact', 'packed', 'float32', 'float16'] as const

describe('the download', () => {
  it.each(precisions)(
    'as %s has the promised size with and without its report, the same bytes in both, and opens in stock tfjs',
    async (precision) => {
      const target = { container: 'tfjs', precision } as const
      // All that there is stands in the list above.
      expect(model.targets).toContainEqual(target)
      const own = model.targets.filter(({ container }) => container === 'tfjs')
      expect(own).toHaveLength(precisions.length)
      const scheme = precision === 'exact' ? 'affine' : 'mean'
      const recipe = recipeWith({ prune: { value: 0.7 }, quantize: { bits: 5, scheme } })
      const { events } = await drained(
        engine.current.recipe.preview({ recipe, focus: [], mode: 'settled', target }),
      )
      const { alternatives, sizes } = lastOf(events, 'size')
      const offer = alternatives.find((one) => isDeepStrictEqual(one.target, target))
      const promised: ZipSize | undefined =
        precision === 'exact' ? sizes : (offer?.size ?? undefined)
      if (promised === undefined) throw new Error('no size is offered')

      const { result } = await drained(engine.current.recipe.export({ recipe, target }))
      expect(result.zip.size).toBe(promised.zipped)
      expect(result).toMatchObject({ zippedBytes: promised.zipped, reportPlace: 'inside' })
      expect(result.test).toMatchObject({ split: 'test', measured: smallCounts.test })
      const inside = await filesIn(result.zip)

      const { result: apart } = await drained(
        engine.current.recipe.export({ recipe, target, report: 'apart' }),
      )
      expect(apart.zip.size).toBe(promised.zipped - promised.reportBytes)
      expect(apart).toMatchObject({ zippedBytes: apart.zip.size, reportPlace: 'apart' })
      expect(apart.reportZip.size).toBe(apart.reportZipBytes)
      const alone = await filesIn(apart.zip)
      expect(alone.map(({ path }) => path)).toEqual([
        'model.json',
        ...alone.map(({ path }) => path).filter((path) => path.endsWith('.bin')),
      ])

      // Apart or not, the same files with the same figures, measured on what was read back.
      const about = await filesIn(apart.reportZip)
      expect(about.map(({ path }) => path)).toEqual(['report.json', 'README.md'])
      expect(hashesOf([...alone, ...about])).toEqual(hashesOf(inside))
      expect(hashesOf(await filesIn(result.reportZip))).toEqual(hashesOf(about))
      const [report, card] = about.map(({ bytes }) => new TextDecoder().decode(bytes))
      const written = JSON.parse(report ?? '') as Written
      expect(written.accuracy).toMatchObject([
        { split: 'validation', samples: smallCounts.validation },
        { split: 'test', samples: smallCounts.test },
      ])
      expect(rowsOf(written.tensors)).toHaveLength(6)
      expect(card).toContain(apart.usageCode)
      expect(apart.usageCode).toContain('tf.load')
      expect(card).toMatch(/\| mnist \| test \| +\d+ \| +\d+\.\d\d % \|/)

      if (precision === 'exact') {
        // Its draft is kept, so this costs little: the zip itself is the same, too.
        const { result: again } = await drained(engine.current.recipe.export({ recipe, target }))
        expect(await hashOf(again.zip)).toBe(await hashOf(result.zip))
      }
      if (precision === 'packed') {
        // 5-bit codes in bytes, 32 levels and an axis for each of three kernels; biases, and two sides of a reshape.
        expect(result.shardBytes).toBe(266_200 + 3 * (32 * 4 + 4) + 4 * 410 + 2 * 4)
        const graph = await loadGraphWithStock(tf, alone)
        const answer = graph.predict(tf.zeros([1, 28, 28, 1])) as tf.Tensor
        expect(answer.shape).toEqual([1, 10])
        graph.dispose()
        return
      }
      const loaded = await loadWithStock(tf, alone)
      expect(loaded.countParams()).toBe(266_610)
      loaded.dispose()
    },
  )

  it('with a scale for each channel holds codes, says what it added, and is hashed and measured as it is', async () => {
    const quantize = { bits: 4, granularity: 'perChannel', symmetry: 'symmetric' } as const
    const recipe = recipeWith({ quantize })
    const target = { container: 'tfjs', precision: 'exact' } as const
    const { events } = await drained(
      engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' }),
    )
    const { sizes } = lastOf(events, 'size')
    expect(sizes.scales).toEqual({ moved: 3, inserted: 3 })
    expect(lastOf(events, 'weights').sizes.scales).toEqual(sizes.scales)
    const { result } = await drained(engine.current.recipe.export({ recipe, target }))
    expect(result.zip.size).toBe(sizes.zipped)
    // Codes of a byte, biases and gammas as floats, means and variances of a byte.
    expect(result.shardBytes).toBe(266_200 + 410 * (4 + 4 + 1 + 1))
    const files = await filesIn(result.zip)
    const report = JSON.parse(
      new TextDecoder().decode(files.find(({ path }) => path === 'report.json')?.bytes),
    ) as Written & {
      readonly scales: { readonly inserted: readonly string[] }
      readonly decodedSha256: string
    }
    expect(report.scales.inserted).toHaveLength(3)
    const again = await openModel(
      files.map(({ bytes, path }) => memoryFile(path, bytes)),
      () => Promise.resolve(),
    )
    const hashes = again.weights.map(({ values: { buffer, byteLength, byteOffset } }) =>
      createHash('sha256')
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest('hex'),
    )
    const rows = rowsOf<{ decoded: string }>(report.tensors)
    expect(rows.map(({ decoded }) => decoded)).toEqual(hashes.map((hash) => hash.slice(0, 8)))
    expect(report.decodedSha256).toBe(
      createHash('sha256')
        .update(Buffer.from(hashes.join(''), 'hex'))
        .digest('hex'),
    )
    // In the page the same weights stand in the layers as they were.
    expect(result.validation).toMatchObject({ correct: lastOf(events, 'accuracy').correct })
  })

  it('as ONNX holds the same codes, is measured, and is answered by ONNX Runtime as by the page', async () => {
    const recipe = recipeWith({ prune: { value: 0.7 }, quantize: { bits: 8, scheme: 'affine' } })
    const target = { container: 'onnx', precision: 'exact' } as const
    expect(model.targets).toContainEqual(target)
    const { events } = await drained(
      engine.current.recipe.preview({ recipe, focus: [], mode: 'settled', target }),
    )
    const offers = lastOf(events, 'size').alternatives
    const chosen = offers.find((offer) => offer.target.container === 'onnx')
    const { result } = await drained(engine.current.recipe.export({ recipe, target }))
    expect(chosen?.size?.zipped).toBe(result.zip.size)
    expect(result.runtime).toBe('onnxRuntime')
    expect(result.test).toMatchObject({ split: 'test', measured: smallCounts.test })
    const files = await filesIn(result.zip)
    const { bytes } = files.find(({ path }) => path === 'model.onnx') ?? { bytes: new Uint8Array() }
    // 266,200 codes of a byte, 410 floats, and little beside them.
    expect(bytes.length).toBeGreaterThan(266_200 + 4 * 410)
    expect(bytes.length).toBeLessThan(1.02 * (266_200 + 4 * 410))
    const again = await openModel([memoryFile('m.onnx', bytes)], () => Promise.resolve())
    const program = new Program(again)
    const inputs = [tf.randomUniform([5, 28, 28, 1], 0, 1)]
    const [own, found] = [program.predict(inputs), await answeredByOnnx(bytes, inputs)]
    expect(distance(answersOf(found), answersOf(own))).toBeLessThanOrEqual(1e-5)
    tf.dispose([inputs, own, found])
    program.dispose()
  })
})

it('measures settings by the inference pass and the file by stock TensorFlow.js, and counts what differs', async () => {
  expect(model).toMatchObject({ runtime: 'stock', measuredBy: 'own' })
  const recipe = recipeWith({ quantize: { bits: 3 } })
  const { events } = await drained(
    engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' }),
  )
  const shown = lastOf(events, 'accuracy')
  const { result } = await drained(
    engine.current.recipe.export({ recipe, target: { container: 'tfjs', precision: 'exact' } }),
  )
  expect(result.runtime).toBe('stock')
  expect(result.apart).toEqual({ classes: 0, samples: smallCounts.validation })
  expect(result.validation).toEqual(shown)
})
