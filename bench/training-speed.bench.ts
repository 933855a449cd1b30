/**
 * One step of training (batch 128, Adam) of the built-in models: the studio's kernels beside stock layers with
 * the simplest missing kernels on the stock WASM backend, stock layers on the plain cpu backend (two steps), and
 * the limit that the arithmetic sets at the speed of the stock matrix product. One process, same weights and
 * batches, rounds in turn. Prints ratios, and writes them to docs/experiments.json with `--record`.
 * Run: `npx tsx bench/training-speed.bench.ts [--record | model ...]`, after `npm run build:kernels`.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { TrainableProgram } from '../src/engine/training/network/trainable-program.ts'
import { TrainingOptimizer } from '../src/engine/training/optimizer.ts'
import { installTrainingKernels } from '../testing/engine/install-training-kernels.ts'
import { plainAdam, takeStep } from '../testing/engine/take-step.ts'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { openNet } from '../testing/engine/open-net.ts'
import { loadWithStock } from '../testing/models/stock-model.ts'
import { readKernelModule, startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { buildDsres } from './dsres-model.ts'
import { emit, quartiles, round } from './emit.ts'
import { endInLogits } from './end-in-logits.ts'
import { installNaiveKernels } from './naive-kernels.ts'

const BATCH = 128
const ROUNDS = 9
const CPU_STEPS = 2
/** Of each round; the first is not counted. */
const STEPS = 4
const LEARNING_RATE = 1e-3

interface Subject {
  readonly id: string
  readonly dataset: 'mnist' | 'fashion-mnist'
  /** What its figures are recorded under; absent: printed only. */
  readonly recorded?: string
  readonly build: () => Promise<tf.LayersModel>
}

const subjects: readonly Subject[] = [
  shipped('lenet-300-100', 'mnist', 'lenet300'),
  shipped('lenet-5', 'mnist', 'lenet5'),
  shipped('fashion-cnn', 'fashion-mnist', 'fashion'),
  { id: 'dsres', dataset: 'fashion-mnist', build: () => Promise.resolve(buildDsres()) },
]

function shipped(id: string, dataset: Subject['dataset'], recorded: string): Subject {
  const folder = new URL(`../public/models/${id}/`, import.meta.url)
  const build = (): Promise<tf.LayersModel> =>
    loadWithStock(
      tf,
      readdirSync(folder).map((path) => ({ path, bytes: readFileSync(new URL(path, folder)) })),
    )
  return { id, dataset, recorded, build }
}

/** One way to compute the same step. */
interface Variant {
  readonly backend: 'wasm' | 'cpu'
  /** Brings its kernels in. @returns what takes them out again */
  readonly enter: () => Promise<() => void>
  /** One step on a batch. @returns the loss */
  readonly learn: (x: tf.Tensor, y: tf.Tensor) => tf.Scalar | null
  readonly dispose: () => void
  readonly times: number[]
  readonly losses: number[]
}

const started = Date.now()
await startWasmBackend()
const figures: Record<string, number> = {}
const spreads: Record<string, [number, number]> = {}
const recording = process.argv.includes('--record')
const wanted = process.argv.slice(2).filter((name) => name !== '--record')
for (const subject of subjects)
  // The reference network is for reading, not for the record.
  if (
    recording ? subject.recorded !== undefined : wanted.length === 0 || wanted.includes(subject.id)
  )
    await compare(subject)
if (recording)
  recordExperiments([
    {
      name: 'training-speed',
      metrics: figures,
      intervals: spreads,
      seeds: [],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])

async function compare({ id, dataset, recorded, build }: Subject): Promise<void> {
  const batch = firstImages(dataset)
  await tf.setBackend('wasm')
  const initial = await build()
  const weights = initial.getWeights().map((weight) => weight.arraySync())
  const flops = stepFlops(initial) * BATCH
  const host = await installTrainingKernels(readKernelModule())
  if (host.host === undefined) throw new Error(host.reason)
  const ours = await byGraph(build, weights, new TrainingOptimizer(plainAdam, host.host))
  host.uninstall()
  const naive = await byLayers('wasm', build, weights, enterNaive)
  const cpu = await byLayers('cpu', build, weights, () => Promise.resolve(() => undefined))
  const speeds: number[] = []
  // The first round only warms up.
  for (let turn = 0; turn <= ROUNDS; turn++) {
    await tf.setBackend('wasm')
    speeds.push(stockGigaflops())
    for (const way of [naive, ours, cpu]) {
      if (way === cpu && (turn === 0 || turn > CPU_STEPS)) continue
      await tf.setBackend(way.backend)
      const leave = await way.enter()
      // In a run steps follow each other; the first after a change of kernels is not like the others.
      const steps = Array.from({ length: way === cpu ? 1 : STEPS }, () => step(way, batch))
      leave()
      if (turn > 0) way.times.push(quartiles(steps.map(({ ms }) => ms).slice(-STEPS + 1)).median)
      way.losses.push(...steps.map(({ loss }) => loss))
    }
  }
  for (const { dispose } of [naive, ours, cpu]) dispose()
  initial.dispose()
  const gigaflops = quartiles(speeds.slice(1)).median
  const limit = flops / gigaflops / 1e6
  const [naiveMs, oursMs, cpuMs] = [naive, ours, cpu].map(({ times }) => quartiles(times))
  if (naiveMs === undefined || oursMs === undefined || cpuMs === undefined) return
  emit('training-speed', {
    model: id,
    batch: BATCH,
    unit: 'ms per step',
    ours: oursMs,
    naiveWasm: naiveMs,
    cpu: cpuMs,
    limit: round(limit),
    stockMatMulGigaflops: gigaflops,
    overNaiveWasm: round(naiveMs.median / oursMs.median),
    overCpu: round(cpuMs.median / oursMs.median),
    ofLimit: round(oursMs.median / limit),
    losses: [naive, ours, cpu].map(({ losses }) => losses.slice(0, 3).map((loss) => round(loss))),
  })
  if (recorded === undefined) return
  const ratios = {
    OverNaiveWasm: [naiveMs.median / oursMs.median, naiveMs.q1 / oursMs.q3, naiveMs.q3 / oursMs.q1],
    OverCpu: [cpuMs.median / oursMs.median, cpuMs.q1 / oursMs.q3, cpuMs.q3 / oursMs.q1],
    OfLimit: [oursMs.median / limit, oursMs.q1 / limit, oursMs.q3 / limit],
  }
  for (const [name, [median = NaN, low = NaN, high = NaN]] of Object.entries(ratios)) {
    figures[recorded + name] = round(median)
    spreads[recorded + name] = [round(low), round(high)]
  }
}

/** With these weights. */
async function built(
  build: Subject['build'],
  weights: readonly unknown[],
): Promise<tf.LayersModel> {
  const model = await build()
  model.setWeights(weights.map((weight) => tf.tensor(weight as tf.TensorLike)))
  return model
}

function crossEntropy(y: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.losses.softmaxCrossEntropy(y, logits).asScalar()
}

async function byGraph(
  build: Subject['build'],
  weights: readonly unknown[],
  optimizer: TrainingOptimizer,
): Promise<Variant> {
  await tf.setBackend('wasm')
  const model = new TrainableProgram(await openNet(await built(build, weights)))
  return {
    ...{ backend: 'wasm', enter: enterOurs, times: [], losses: [] },
    learn: (x, y) =>
      takeStep(model, optimizer, {
        ...{ inputs: [x], learningRate: LEARNING_RATE },
        cost: (scores) => crossEntropy(y, scores),
      }),
    dispose: () => {
      optimizer.dispose()
      model.dispose()
    },
  }
}

async function byLayers(
  backend: Variant['backend'],
  build: Subject['build'],
  weights: readonly unknown[],
  enter: Variant['enter'],
): Promise<Variant> {
  await tf.setBackend(backend)
  const model = await built(build, weights)
  endInLogits(model)
  const optimizer = tf.train.adam(LEARNING_RATE)
  return {
    ...{ backend, enter, times: [], losses: [] },
    learn: (x, y) =>
      optimizer.minimize(
        () => crossEntropy(y, model.apply(x, { training: true }) as tf.Tensor),
        true,
      ),
    dispose: () => {
      optimizer.dispose()
      model.dispose()
    },
  }
}

async function enterOurs(): Promise<() => void> {
  const kernels = await installTrainingKernels(readKernelModule())
  return () => {
    kernels.uninstall()
  }
}

function enterNaive(): Promise<() => void> {
  return Promise.resolve(installNaiveKernels())
}

function step({ learn }: Variant, batch: Batch): { ms: number; loss: number } {
  const x = tf.tensor4d(batch.pixels, [BATCH, 28, 28, 1])
  const y = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), 10)
  const began = performance.now()
  const loss = tf.tidy(() => learn(x, y)?.dataSync()[0] ?? NaN)
  const ms = performance.now() - began
  tf.dispose([x, y])
  return { ms, loss }
}

/**
 * Speed of the stock product of two 512 x 512 matrices: the best of several places in memory, because at an
 * unlucky one, where both share the same lines of the cache, it is half as fast.
 */
function stockGigaflops(): number {
  const side = 512
  let best = Infinity
  for (let place = 0; place < 6; place++) {
    const spacer = tf.zeros([1000 + 4099 * place])
    const a = tf.randomUniform([side, side], -1, 1, 'float32', 1)
    const b = tf.randomUniform([side, side], -1, 1, 'float32', 2)
    for (let turn = 0; turn < 3; turn++) {
      const began = performance.now()
      tf.matMul(a, b).dispose()
      best = Math.min(best, performance.now() - began)
    }
    tf.dispose([spacer, a, b])
  }
  return (2 * side ** 3) / best / 1e6
}

/**
 * Floating-point operations of a step for one sample: forward, gradients of weights and of inputs cost the
 * same each; the first layer needs no gradient of its input.
 */
function stepFlops(model: tf.LayersModel): number {
  const forward = model.layers.map((layer) => {
    const [kernel] = layer.getWeights()
    if (kernel === undefined) return 0
    const [, height = 1, width = 1] = layer.outputShape as number[]
    switch (layer.getClassName()) {
      case 'Dense':
        return 2 * kernel.size
      case 'Conv2D':
      case 'DepthwiseConv2D':
        return 2 * kernel.size * height * width
      default:
        return 0
    }
  })
  const total = forward.reduce((sum, flops) => sum + flops, 0)
  return 3 * total - (forward.find((flops) => flops > 0) ?? 0)
}

interface Batch {
  readonly pixels: Float32Array
  readonly labels: Int32Array
}

function firstImages(dataset: Subject['dataset']): Batch {
  const folder = new URL(`../public/datasets/${dataset}/`, import.meta.url)
  const read = (file: string): Buffer => gunzipSync(readFileSync(new URL(file, folder)))
  const bytes = read('train-images.bin').subarray(0, BATCH * 28 * 28)
  return {
    pixels: Float32Array.from(bytes, (byte) => byte / 255),
    labels: Int32Array.from(read('train-labels.bin').subarray(0, BATCH)),
  }
}
