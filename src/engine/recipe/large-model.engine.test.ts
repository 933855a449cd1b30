import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { drained, filesOf } from '../../../testing/engine/drive-engine'
import { smallEnvironment } from '../../../testing/engine/small-environment'
import { smallGraph } from '../../../testing/files/graph-files'
import { sampleFiles } from '../../../testing/models/sample-files'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { textBytes } from '../../../testing/files/layers-files'
import type { ExportTarget } from '../../core/model-summary'
import type { ExportResult } from '../../protocol/recipe-messages'
import { onnxFiles } from '../../../testing/files/onnx-nets'
import { createEngine } from '../engine'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const recipe = recipeWith({ prune: { value: 0.6 }, quantize: { bits: 4 } })

/** A graph as it would be dropped. */
function graphFiles(): File[] {
  const { json, shards } = smallGraph()
  return filesOf(new Map([['model.json', textBytes(JSON.stringify(json))], ...shards]))
}

interface Example {
  readonly files: File[]
  /** null: compared on synthetic inputs. */
  readonly data: string | null
}

const layers = (): Example => ({ files: sampleFiles('lenet-300-100'), data: 'mnist' })
const graph = (): Example => ({ files: graphFiles(), data: null })

/** Two downloads of the same settings, and how many tensors they leave behind. */
async function downloads(
  { files, data }: Example,
  precision: ExportTarget['precision'],
  largeModelBytes: number,
): Promise<{ results: ExportResult[]; left: number }> {
  const engine = createEngine(smallEnvironment({ largeModelBytes }))
  await engine.start({ forced: 'wasm', exclude: [] })
  await drained(engine.model.open({ files }))
  if (data !== null) await drained(engine.data.attach({ datasetId: data, settings: null }))
  const before = tf.memory().numTensors
  const target = { container: 'tfjs', precision } as const
  const results: ExportResult[] = []
  for (let times = 0; times < 2; times++)
    results.push((await drained(engine.recipe.export({ recipe, target }))).result)
  const left = tf.memory().numTensors - before
  await engine.model.close()
  return { results, left }
}

it.each([
  ['layers', layers, 'exact'],
  ['graph', graph, 'exact'],
  ['graph', graph, 'float16'],
] as const)(
  'a model of %s that is too large to be built again gives the same bytes and figures',
  async (_, example, precision) => {
    const usual = await downloads(example(), precision, Infinity)
    const large = await downloads(example(), precision, 0)
    expect([usual.left, large.left]).toEqual([0, 0])
    const [wanted] = usual.results
    if (wanted === undefined) throw new Error('no download')
    for (const found of [...usual.results, ...large.results]) {
      expect(await found.zip.arrayBuffer()).toEqual(await wanted.zip.arrayBuffer())
      expect([found.validation, found.test]).toEqual([wanted.validation, wanted.test])
    }
  },
)

it('an ONNX file of a model that is too large for a second runtime says what measured it, and why', async () => {
  const engine = createEngine(smallEnvironment({ largeModelBytes: 0 }))
  await engine.start({ forced: 'wasm', exclude: [] })
  const files = await Promise.all(
    onnxFiles('single').map(async (one) => {
      return new File([new Uint8Array(await one.read(0, one.size))], one.path)
    }),
  )
  await drained(engine.model.open({ files }))
  const target = { container: 'onnx', precision: 'exact' } as const
  const { result } = await drained(engine.recipe.export({ recipe, target }))
  expect([result.runtime, result.notByOnnx]).toEqual(['own', 'large'])
  await engine.model.close()
})
