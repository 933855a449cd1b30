/**
 * The built-in models as programs, in turn with stock TensorFlow.js, on the WASM backend.
 * Forward: both with stock kernels, outputs read back.
 * A step of training (batch 128, Adam, the studio's kernels for both): beside the stock layers of the same file;
 * processor time, most bytes of tensors at once, and kernels that are run. Ratios are stock over program, those of training
 * round by round.
 * Run: `npx tsx bench/program.bench.ts [--train | --forward] [model ...]`, after `npm run build:kernels`.
 */
import * as tf from '@tensorflow/tfjs'
import { readKernelModule, startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { Program } from '../src/engine/program/program.ts'
import { buildLayersModel } from '../src/engine/model/build-layers-model.ts'
import { TrainableProgram } from '../src/engine/training/network/trainable-program.ts'
import { TrainingOptimizer } from '../src/engine/training/optimizer.ts'
import { withinKernels } from '../src/engine/training/pieces/within-kernels.ts'
import { prepareTrainingKernels } from '../src/engine/wasm-kernels/prepare-training-kernels.ts'
import type { PreparedKernels } from '../src/engine/wasm-kernels/prepare-training-kernels.ts'
import { memoryFile } from '../src/files/file-bundle.ts'
import type { OpenedModel } from '../src/formats/format.ts'
import { openModel } from '../src/formats/importers.ts'
import { openNet } from '../testing/engine/open-net.ts'
import { plainAdam, takeStep } from '../testing/engine/take-step.ts'
import type { Learner } from '../testing/engine/take-step.ts'
import { randomInputs } from '../testing/models/random-nets.ts'
import { buildMobileNetV2 } from '../testing/models/real-size-models.ts'
import { sampleBytes } from '../testing/models/sample-files.ts'
import { watchLiveBytes } from '../testing/engine/live-bytes.ts'
import { loadWithStock } from '../testing/models/stock-model.ts'
import { buildDsres } from './dsres-model.ts'
import { emit, quartiles, round } from './emit.ts'
import { endInLogits } from './end-in-logits.ts'

const FORWARD_BATCH = 64
const TRAINING_BATCH = 128
const ROUNDS = 15
/** Of training, of each in a round; the first is not counted. */
const STEPS = 4

const samples = ['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small']
const built: Readonly<Record<string, () => tf.LayersModel>> = {
  dsres: buildDsres,
  mobilenet: () => buildMobileNetV2(32, 0.35, 10),
}
const flags = process.argv.slice(2).filter((word) => word.startsWith('--'))
const names = process.argv.slice(2).filter((word) => !word.startsWith('--'))

await startWasmBackend()
for (const id of names.length > 0 ? names : [...samples, ...Object.keys(built)]) {
  if (!flags.includes('--train') && samples.includes(id)) await forward(id)
  if (!flags.includes('--forward')) await training(id)
}

function filesOf(id: string): { path: string; bytes: Uint8Array<ArrayBuffer> }[] {
  return [...sampleBytes(id)].map(([path, bytes]) => ({ path, bytes }))
}

function openedOf(id: string): Promise<OpenedModel> {
  const build = built[id]
  if (build !== undefined) return openNet(build())
  return openModel(
    filesOf(id).map(({ path, bytes }) => memoryFile(path, bytes)),
    () => Promise.resolve(),
  )
}

async function forward(id: string): Promise<void> {
  const stock = await loadWithStock(tf, filesOf(id))
  const program = new Program(await openedOf(id))
  const inputs = randomInputs(stock, FORWARD_BATCH, 1)
  const times = { stock: [] as number[], program: [] as number[] }
  // The first round only warms up.
  for (let turn = 0; turn <= ROUNDS; turn++) {
    const own = timed(() => program.predict(inputs))
    const theirs = timed(() => [stock.predict(inputs, { batchSize: FORWARD_BATCH })].flat())
    if (turn === 0) continue
    times.program.push(own)
    times.stock.push(theirs)
  }
  emit('program', {
    model: id,
    batch: FORWARD_BATCH,
    unit: 'ms per batch',
    program: quartiles(times.program),
    stock: quartiles(times.stock),
    overStock: round(quartiles(times.stock).median / quartiles(times.program).median),
  })
  tf.dispose(inputs)
  program.dispose()
  stock.dispose()
}

function timed(work: () => tf.Tensor[]): number {
  const began = performance.now()
  const outputs = work()
  for (const output of outputs) output.dataSync()
  const ms = performance.now() - began
  tf.dispose(outputs)
  return ms
}

/** One way to train the same model. */
interface Way {
  readonly model: Learner & { readonly dispose: () => void }
  readonly optimizer: TrainingOptimizer
  readonly times: number[]
}

async function training(id: string): Promise<void> {
  const opened = await openedOf(id)
  const kernels = await prepareTrainingKernels(readKernelModule())
  if (kernels.host === undefined) throw new Error(kernels.reason)
  const { host } = kernels
  const way = (model: Way['model']): Way => ({
    model,
    optimizer: new TrainingOptimizer(plainAdam, host),
    times: [],
  })
  const layers = way(await stockLayers(opened))
  const program = way(new TrainableProgram(opened))
  const [shape] = opened.graph.inputs.map((input) => input.shape ?? [])
  const x = tf.randomUniform(
    [TRAINING_BATCH, ...(shape ?? []).slice(1).map((side) => side ?? 1)],
    0,
    1,
    'float32',
    1,
  )
  const y = tf.oneHot(
    tf.range(0, TRAINING_BATCH, 1, 'int32').mod(tf.scalar(10, 'int32')).cast('int32'),
    10,
  )
  const facts = []
  for (const one of [layers, program]) facts.push(await counted(one, { x, y, kernels }))
  for (let turn = 0; turn <= ROUNDS; turn++) {
    const round = turn % 2 === 0 ? [layers, program] : [program, layers]
    for (const one of round) {
      const steps = Array.from({ length: STEPS }, () => timedStep(one, { x, y, kernels }))
      // In a run steps follow each other; the first after a change of model is not like the others.
      one.times.push(quartiles(steps.slice(1)).median)
    }
  }
  const ratios = layers.times.map((ms, turn) => ms / (program.times[turn] ?? NaN))
  // The first round only warms up.
  const [own, theirs] = [program, layers].map(({ times }) => quartiles(times.slice(1)))
  emit('program-training', {
    model: id,
    batch: TRAINING_BATCH,
    unit: 'ms of processor time per step',
    program: own,
    layers: theirs,
    overLayers: quartiles(ratios.slice(1)),
    megabytes: facts.map(({ bytes }) => round(bytes / 2 ** 20)),
    kernels: facts.map(({ count }) => count),
  })
  if (flags.includes('--kernels')) console.log(differences(facts.map(({ runs }) => runs)))
  tf.dispose([x, y])
  for (const { model, optimizer } of [layers, program]) {
    optimizer.dispose()
    model.dispose()
  }
}

interface Learnt {
  readonly x: tf.Tensor
  readonly y: tf.Tensor
  readonly kernels: PreparedKernels
}

/** Layers of TensorFlow.js, nothing of which is replaced. */
async function stockLayers(opened: OpenedModel): Promise<Way['model']> {
  const model = await buildLayersModel(opened)
  endInLogits(model)
  const trained = new Map(
    model.trainableWeights.map((weight) => [weight.originalName, weight.read() as tf.Variable]),
  )
  return {
    trained,
    forward: ([x = tf.scalar(NaN)]) => [model.apply(x, { training: true }) as tf.Tensor],
    dispose: () => {
      model.dispose()
    },
  }
}

function step({ model, optimizer }: Way, { x, y, kernels }: Learnt): void {
  withinKernels(kernels, () => {
    const loss = takeStep(model, optimizer, {
      ...{ inputs: [x], learningRate: 1e-3 },
      cost: (scores) => tf.losses.softmaxCrossEntropy(y, scores).asScalar(),
    })
    loss.dataSync()
    loss.dispose()
  })
}

/** Processor time in ms, which other work on the machine does not lengthen much. */
function timedStep(way: Way, learnt: Learnt): number {
  const began = process.cpuUsage()
  step(way, learnt)
  const { system, user } = process.cpuUsage(began)
  return (system + user) / 1000
}

/** What one step runs and holds, after one that made what stays. */
async function counted(way: Way, learnt: Learnt) {
  step(way, learnt)
  // TensorFlow.js counts one memory under two shapes twice.
  const live = watchLiveBytes()
  step(way, learnt)
  const bytes = live.mostSince()
  live.stop()
  const { kernels } = await tf.profile(() => {
    step(way, learnt)
    return tf.scalar(0)
  })
  const runs = new Map<string, number>()
  const real = kernels.filter(({ name }) => !name.endsWith('__op') && name !== 'unnamed scope')
  for (const { name } of real) runs.set(name, (runs.get(name) ?? 0) + 1)
  return {
    bytes,
    count: real.length,
    runs,
  }
}

/** Kernels that are not run equally often. */
function differences(runs: readonly ReadonlyMap<string, number>[]): string {
  const all = new Set(runs.flatMap((run) => [...run.keys()]))
  return [...all]
    .map((name) => [name, ...runs.map((run) => run.get(name) ?? 0)])
    .filter(([, a, b]) => a !== b)
    .map((row) => row.join(' '))
    .join('\n')
}
