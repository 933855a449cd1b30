/**
 * What each kind of range of activations is worth, by how many calibration samples it is found on: models whose weights have 8 bits
 * a channel, written with codes of activations (uint8) and run by onnxruntime-web on all test images. Each p is McNemar's, exact,
 * against the file of float32, in the same runtime.
 * Run: `npm run experiment:activation-ranges`. Ten minutes; `-- lenet-5` measures one sample.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { rangeMethods } from '../../src/core/activation-range.ts'
import { mcNemarTest } from '../../src/core/proportions.ts'
import { nodeEnvironment } from '../../src/engine/host/node-environment.ts'
import { OnnxRuntimeSession } from '../../src/engine/model/onnx-runtime-session.ts'
import { memoryFile } from '../../src/files/file-bundle.ts'
import { writeModel } from '../../src/formats/exporters.ts'
import { openModel } from '../../src/formats/importers.ts'
import { compressed } from '../../testing/matrix/variants.ts'
import { writtenStatic } from '../../testing/engine/static-written.ts'
import { sampleBytes } from '../../testing/models/sample-files.ts'
import { samples } from '../../testing/models/sample-models.ts'
import { recipeWith } from '../../testing/studio/recipe-with.ts'
import { recordExperiments } from './record.ts'

const SUBJECTS = ['lenet-5', 'fashion-cnn']
/** The last is what the page takes. */
const COUNTS = [8, 64, 256, 512]
const PIXELS = 784
const BATCH = 500

const go = (): Promise<void> => Promise.resolve()
await tf.setBackend('cpu')
const [wanted] = process.argv.slice(2)
for (const sample of samples)
  if (SUBJECTS.includes(sample.id) && (wanted ?? sample.id) === sample.id)
    await measure(sample.id, sample.datasetId)
process.exit()

async function measure(id: string, dataset: string): Promise<void> {
  const started = Date.now()
  const metrics: Record<string, number> = {}
  const files = [...sampleBytes(id)].map(([path, content]) => memoryFile(path, content))
  const model = await openModel(files, go)
  const { tensors } = compressed(
    model,
    recipeWith({ quantize: { bits: 8, granularity: 'perChannel', symmetry: 'symmetric' } }),
  )
  const [, ...sides] = model.graph.inputs[0]?.shape ?? []
  const imagesOf = (split: string, from: number, count: number): tf.Tensor => {
    const bytes = gunzipSync(readFileSync(`public/datasets/${dataset}/${split}-images.bin`))
    const own = bytes.subarray(from * PIXELS, (from + count) * PIXELS)
    return tf.tensor(
      Float32Array.from(own, (byte) => byte / 255),
      [count, ...sides.map((side) => side ?? 1)],
    )
  }
  const labels = gunzipSync(readFileSync(`public/datasets/${dataset}/test-labels.bin`))
  const answers = async (file: Uint8Array): Promise<readonly boolean[]> => {
    const session = new OnnxRuntimeSession(await nodeEnvironment().loadOnnxRuntime(), {
      beat: () => {},
      now: () => 0,
    })
    await session.renew(Uint8Array.from(file))
    const [input] = session.inputs
    const right: boolean[] = []
    for (let from = 0; from < labels.length; from += BATCH) {
      const images = imagesOf('test', from, BATCH)
      const found = await session.run(
        new Map([[input?.name ?? '', images]]),
        session.outputs.map(({ name }) => name),
      )
      const classes = tf.tidy(() => (found[0] ?? images).argMax(-1).dataSync())
      classes.forEach((own, at) => right.push(own === labels[from + at]))
      tf.dispose([images, found])
    }
    await session.end()
    return right
  }
  const add = async (row: string, file: Uint8Array, float: readonly boolean[] | null) => {
    const own = await answers(file)
    metrics[`${row}|bytes`] = file.length
    metrics[`${row}|test accuracy`] = own.filter(Boolean).length / own.length
    if (float !== null) {
      const worse = own.filter((right, at) => !right && float[at] === true).length
      const better = own.filter((right, at) => right && float[at] === false).length
      metrics[`${row}|right before alone`] = worse
      metrics[`${row}|right now alone`] = better
      metrics[`${row}|p of the difference`] = mcNemarTest(worse, better)
    }
    console.log(id, row, metrics[`${row}|test accuracy`])
    return own
  }
  const plain = { container: 'onnx', precision: 'float32' } as const
  const whole = await writeModel(model, model.weights, plain, go)
  const float = await add('float32', whole.files[0]?.bytes ?? new Uint8Array(0), null)
  const coded = await writeModel(model, tensors, { ...plain, precision: 'exact' }, go)
  await add('8 bits a channel, floats otherwise', coded.files[0]?.bytes ?? new Uint8Array(0), float)
  for (const range of rangeMethods)
    for (const count of COUNTS) {
      const images = imagesOf('calibration', 0, count)
      const written = await writtenStatic(model, tensors, [images], { range, signed: false })
      images.dispose()
      const name = `${range}, ${count} samples`
      await add(name, written.files[0]?.bytes ?? new Uint8Array(0), float)
    }
  const minutes = (Date.now() - started) / 60_000
  const name = `activation-ranges/${id}`
  recordExperiments([
    { name, metrics, intervals: {}, seeds: [], minutes, backend: 'onnxruntime-web' },
  ])
}
