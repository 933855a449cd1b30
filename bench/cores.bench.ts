/**
 * Steps of training (batch 128, Adam) of the built-in models: the batch as a whole, in four pieces on one worker, and in
 * four pieces on several, in turn in one process. Prints images per second, processor seconds per step (of all threads
 * together, which other work on the machine does not lengthen), and what four and eight cores would give by this model:
 * a step is what the engine's own worker does alone (weights handed out, gradients summed, the update), as measured, and
 * the pieces, of which each worker learns its part.
 * Run: `npx tsx bench/cores.bench.ts [--record | model ...]`, after `npm run build:kernels`.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { Cores } from '../src/engine/cores/cores.ts'
import { nodeCores } from '../src/engine/host/cores-in-node.ts'
import { nodeEnvironment } from '../src/engine/host/node-environment.ts'
import { readKernelModule, startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { TrainableProgram } from '../src/engine/training/network/trainable-program.ts'
import { objectiveFor } from '../src/engine/training/network/objective.ts'
import { TrainingOptimizer } from '../src/engine/training/optimizer.ts'
import { bareWeights } from '../src/engine/training/pieces/learner-setup.ts'
import { PieceCrew } from '../src/engine/training/pieces/piece-crew.ts'
import { Stepper } from '../src/engine/training/stepper.ts'
import { prepareTrainingKernels } from '../src/engine/wasm-kernels/prepare-training-kernels.ts'
import { piecesOf } from '../src/training/pieces.ts'
import type { DrawnBatch } from '../src/engine/samples/batch-feed.ts'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { openNet } from '../testing/engine/open-net.ts'
import { plainAdam } from '../testing/engine/take-step.ts'
import { loadWithStock } from '../testing/models/stock-model.ts'
import { emit, quartiles, round } from './emit.ts'

const BATCH = 128
const PIECES = 4
const ROUNDS = 15
const STEPS = 4
const WORKERS = 2

const subjects = [
  { id: 'lenet-300-100', dataset: 'mnist', recorded: 'lenet300' },
  { id: 'lenet-5', dataset: 'mnist', recorded: 'lenet5' },
  { id: 'fashion-cnn', dataset: 'fashion-mnist', recorded: 'fashion' },
] as const

/** One way to take the same step. */
interface Way {
  readonly name: string
  readonly stepper: Stepper
  readonly pieces: number
  readonly dispose: () => void
  readonly ms: number[]
  readonly cpu: number[]
  /** What the engine's own worker does for all. */
  readonly alone: number[]
}

const never = new AbortController().signal
let steps = 0
const started = Date.now()
await startWasmBackend()
const kernels = await prepareTrainingKernels(readKernelModule())
const recording = process.argv.includes('--record')
const wanted = process.argv.slice(2).filter((name) => name !== '--record')
const figures: Record<string, number> = {}
const spreads: Record<string, [number, number]> = {}
const cores = new Cores({ ...nodeEnvironment(), cores: nodeCores(WORKERS) }, () => 'wasm')
for (const subject of subjects)
  if (wanted.length === 0 || wanted.includes(subject.id)) await compare(subject)
if (recording)
  recordExperiments([
    {
      name: 'cores',
      metrics: figures,
      intervals: spreads,
      seeds: [],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
process.exit(0)

async function compare({ id, dataset, recorded }: (typeof subjects)[number]): Promise<void> {
  const batch = firstBatch(dataset)
  const ways = [
    await wayOf('whole', id, batch, 1, 1),
    await wayOf('pieces', id, batch, PIECES, 1),
    await wayOf('workers', id, batch, PIECES, WORKERS),
  ]
  // The first rounds only warm up.
  for (let turn = -2; turn <= ROUNDS; turn++)
    for (const way of ways) {
      const taken = { ms: [] as number[], cpu: [] as number[], alone: [] as number[] }
      for (let at = 0; at < STEPS; at++) await step(way, batch, taken)
      if (turn <= 0) continue
      way.ms.push(quartiles(taken.ms.slice(1)).median)
      way.alone.push(quartiles(taken.alone.slice(1)).median)
      way.cpu.push(taken.cpu.reduce((sum, one) => sum + one, 0) / STEPS)
    }
  const taking = ways.map(({ stepper }) => stepper.workers)
  for (const { dispose } of ways) dispose()
  const [whole, pieces, workers] = ways
  if (whole === undefined || pieces === undefined || workers === undefined) return
  const ratioOf = (a: Way, b: Way): { q1: number; median: number; q3: number } =>
    quartiles(a.ms.map((ms, at) => ms / (b.ms[at] ?? NaN)))
  const alone = quartiles(workers.alone).median
  const piece = (quartiles(pieces.ms).median - quartiles(pieces.alone).median) / PIECES
  const projected = (count: number): number => {
    const own = Math.ceil(Math.max(PIECES, count) / Math.min(count, Math.max(PIECES, count)))
    return alone + (own * piece * PIECES) / Math.max(PIECES, count)
  }
  const stepOnOne = quartiles(pieces.ms).median
  emit('cores', {
    model: id,
    batch: BATCH,
    pieces: PIECES,
    workers: taking.at(-1),
    imagesPerSecond: Object.fromEntries(
      ways.map(({ ms, name }) => [name, round((1000 * BATCH) / quartiles(ms).median)]),
    ),
    cpuMsPerStep: Object.fromEntries(ways.map(({ cpu, name }) => [name, quartiles(cpu).median])),
    aloneMs: round(alone),
    overOneWorker: ratioOf(pieces, workers),
    overWhole: ratioOf(whole, workers),
    piecesOverWhole: ratioOf(pieces, whole),
    projected: Object.fromEntries(
      [2, 4, 8].map((count) => [count, round(stepOnOne / projected(count))]),
    ),
  })
  for (const [name, { q1, median, q3 }] of Object.entries({
    OverOneWorker: ratioOf(pieces, workers),
    OverWhole: ratioOf(whole, workers),
    PiecesOverWhole: ratioOf(pieces, whole),
  })) {
    figures[recorded + name] = round(median)
    spreads[recorded + name] = [round(q1), round(q3)]
  }
}

async function wayOf(
  name: string,
  id: string,
  batch: Labelled,
  pieces: number,
  workers: number,
): Promise<Way> {
  const opened = await openNet(await stock(id))
  const model = new TrainableProgram(opened)
  const optimizer = new TrainingOptimizer(plainAdam, kernels.host ?? null)
  const targets = {
    task: 'classification',
    columns: 10,
    labels: batch.labels,
  } as Parameters<typeof objectiveFor>[0]
  const objective = objectiveFor(targets, model.squashing, 0, id)
  const stepper = new Stepper({
    ...{ model, objective, teacher: null, hint: null, hooks: [], kernels, optimizer },
    ...{ decayed: new Set(), clipNorm: null },
    setup: () => ({
      ...{ graph: opened.graph, weights: bareWeights(opened.weights), learning: null },
      ...{ lossBy: objective.lossBy, taught: null, hint: null, activations: null },
    }),
    crew: async (setup) =>
      PieceCrew.of(await cores.crew(workers - 1), setup, cores.isShared, never),
  })
  const dispose = (): void => {
    stepper.dispose()
    optimizer.dispose()
    model.dispose()
  }
  return { name, stepper, pieces, dispose, ms: [], cpu: [], alone: [] }
}

async function step(
  { stepper, pieces }: Way,
  batch: Labelled,
  taken: { ms: number[]; cpu: number[]; alone: number[] },
): Promise<void> {
  const times: number[] = []
  let [own, left] = [0, 0]
  const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const began = performance.now()
    const result = await work()
    const ms = performance.now() - began
    times.push(ms)
    if (left-- === 1) own += ms
    return result
  }
  const before = (): Promise<void> => {
    left = 1
    return Promise.resolve()
  }
  const cpu = process.cpuUsage()
  const began = performance.now()
  const ways = {
    learningRate: 1e-4,
    seed: 1000 * steps++,
    before,
    alone,
    limitMs: 60_000,
    isRead: true,
  }
  await stepper.step(batch.drawn, piecesOf(BATCH, BATCH / pieces), ways)
  taken.ms.push(performance.now() - began)
  taken.alone.push(times.reduce((sum, ms) => sum + ms, 0) - own)
  const { system, user } = process.cpuUsage(cpu)
  taken.cpu.push((system + user) / 1000)
}

function stock(id: string): Promise<tf.LayersModel> {
  const folder = new URL(`../public/models/${id}/`, import.meta.url)
  return loadWithStock(
    tf,
    readdirSync(folder).map((path) => ({ path, bytes: readFileSync(new URL(path, folder)) })),
  )
}

interface Labelled {
  readonly drawn: DrawnBatch
  readonly labels: Int32Array
}

function firstBatch(dataset: string): Labelled {
  const folder = new URL(`../public/datasets/${dataset}/`, import.meta.url)
  const read = (file: string): Buffer => gunzipSync(readFileSync(new URL(file, folder)))
  const size = 28 * 28
  const bytes = read('train-images.bin').subarray(0, BATCH * size)
  const values = Float32Array.from(bytes, (byte) => byte / 255)
  const labels = Int32Array.from(read('train-labels.bin').subarray(0, BATCH))
  const samples = Uint32Array.from({ length: BATCH }, (_, at) => at)
  const part = (from: number, to: number): Float32Array => values.subarray(from * size, to * size)
  const sides = [28, 28, 1]
  const drawn: DrawnBatch = {
    samples,
    rows: (from, to) => ({
      inputs: [{ values: part(from, to), sides, dtype: 'float32', picture: null }],
    }),
    piece: (from, to) => ({
      inputs: [tf.tensor(part(from, to), [to - from, ...sides])],
      samples: samples.subarray(from, to),
    }),
  }
  return { drawn, labels }
}
