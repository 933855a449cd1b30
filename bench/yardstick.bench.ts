/**
 * Forward passes and steps of training against a yardstick: the multiply-adds that they need at the speed of a loop of
 * multiply-adds that never leaves the registers, and after that the bytes they move at the speed of a copy. Speeds are
 * measured in the same run, in every round. What is compared takes turns, in one process on one thread; times are processor
 * time, which other work on the machine lengthens less than the clock. Answers are compared before they are timed.
 * Run: `npx tsx bench/yardstick.bench.ts [--record] [--forward | --train] [net ...]`, after `npm run build:kernels`.
 * `--native FOLDER` leaves the files of ONNX there, for `bench/yardstick/native.py`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { readKernelModule, startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { prepareTrainingKernels } from '../src/engine/wasm-kernels/prepare-training-kernels.ts'
import { onnxFileOf } from '../testing/engine/onnx-written.ts'
import { emit, quartiles, round } from './emit.ts'
import { Machine } from './yardstick/machine.ts'
import type { Speeds } from './yardstick/machine.ts'
import { loaded, nets } from './yardstick/nets.ts'
import type { Net } from './yardstick/nets.ts'
import { byInference, byOnnxRuntime, byProgram, byStock, byTraining } from './yardstick/ways.ts'
import type { Way } from './yardstick/ways.ts'
import { workOf, yardstickMs } from './yardstick/work-of.ts'
import type { Work } from './yardstick/work-of.ts'

const ROUNDS = 11
/** Passes come before the first turn for so long: an engine compiles meanwhile, which a run of thousands of steps does not see. */
const WARM_MS = 4000
/** A turn is repeated until it has taken about this long, so that what a clock cannot tell does not count. */
const TURN_MS = 40
/** As a share of the largest value. */
const TOLERANCE = 1e-4
/** Gradients of weights and of inputs cost as much as the pass itself, each. */
const TRAINING_PASSES = 3

const { values: options, positionals: wanted } = parseArgs({
  options: {
    record: { type: 'boolean' },
    forward: { type: 'boolean' },
    train: { type: 'boolean' },
    native: { type: 'string' },
  },
  allowPositionals: true,
})
const began = Date.now()
const machine = await Machine.ready()
await startWasmBackend()
const kernels = await prepareTrainingKernels(readKernelModule())
const figures: Record<string, number> = {}
const ranges: Record<string, [number, number]> = {}
for (const net of nets) {
  if (wanted.length > 0 && !wanted.includes(net.id)) continue
  if (options.train !== true) await forward(net)
  if (options.forward !== true && net.trained !== null) await training(net, net.trained)
}
if (options.record === true)
  recordExperiments([
    {
      ...{ name: 'yardstick', metrics: figures, intervals: ranges, seeds: [], backend: 'wasm' },
      minutes: (Date.now() - began) / 60_000,
    },
  ])

async function forward({ id, batch }: Net): Promise<void> {
  const { opened, stock } = await loaded(id)
  const x = pictures(stock, batch)
  if (options.native !== undefined) {
    mkdirSync(options.native, { recursive: true })
    writeFileSync(join(options.native, `${id}-${batch}.onnx`), onnxFileOf(opened))
  }
  const own = byInference(opened, x)
  const ways = [
    byStock(stock, x),
    byProgram(opened, x),
    ...(own === null ? [] : [own]),
    await byOnnxRuntime(opened, x),
  ]
  await agree(ways)
  await compare(`${id} forward`, ways, workOf(opened.graph, batch), batch)
  x.dispose()
}

async function training({ id }: Net, batch: number): Promise<void> {
  const { opened, stock } = await loaded(id)
  const x = pictures(stock, batch)
  stock.dispose()
  const { multiplyAdds, bytes } = workOf(opened.graph, batch)
  const work = { multiplyAdds: TRAINING_PASSES * multiplyAdds, bytes: TRAINING_PASSES * bytes }
  await compare(`${id} training`, [byTraining(opened, x, kernels)], work, batch)
  x.dispose()
}

function pictures({ inputs: [input] }: tf.LayersModel, batch: number): tf.Tensor {
  const sides = (input?.shape ?? []).slice(1).map(Number)
  return tf.randomUniform([batch, ...sides], 0, 1, 'float32', 1)
}

/** @throws Error where two ways do not compute the same */
async function agree([first, ...others]: readonly Way[]): Promise<void> {
  const wantedValues = (await first?.run()) ?? new Float32Array()
  const largest = wantedValues.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (const way of others) {
    const found = await way.run()
    const apart = found.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (wantedValues[at] ?? NaN))),
      0,
    )
    if (!(apart <= TOLERANCE * largest)) throw new Error(`${way.name} is ${apart / largest} away`)
  }
}

/** Rounds in turn; what is recorded is each way over the yardstick, and the first way (stock) over each. */
async function compare(
  name: string,
  ways: readonly Way[],
  work: Work,
  batch: number,
): Promise<void> {
  const speeds: Speeds[] = []
  const times = ways.map((): number[] => [])
  const turns: number[] = []
  for (const way of ways) {
    const began = performance.now()
    while (performance.now() - began < WARM_MS) await way.run()
    turns.push(Math.ceil(TURN_MS / (await passMs(way, 2))))
  }
  for (let at = 0; at < ROUNDS; at++) {
    speeds.push(machine.speeds())
    for (const [which, way] of ways.entries())
      times[which]?.push(await passMs(way, turns[which] ?? 1))
  }
  for (const way of ways) await way.end()
  const speed = {
    fusedGigaflops: quartiles(speeds.map(({ fusedGigaflops }) => fusedGigaflops)).median,
    plainGigaflops: quartiles(speeds.map(({ plainGigaflops }) => plainGigaflops)).median,
    copyGigabytes: quartiles(speeds.map(({ copyGigabytes }) => copyGigabytes)).median,
  }
  const limit = yardstickMs(work, speed)
  const took = Object.fromEntries(ways.map((way, at) => [way.name, quartiles(times[at] ?? [])]))
  const overYardstick: Record<string, number> = {}
  for (const [way, { q1, median, q3 }] of Object.entries(took)) {
    overYardstick[way] = round(median / limit)
    const metric = `${name}, ${way}`
    figures[metric] = round(median / limit)
    ranges[metric] = [round(q1 / limit), round(q3 / limit)]
  }
  emit('yardstick', {
    net: name,
    batch,
    ...speed,
    megaMultiplyAdds: round(work.multiplyAdds / 1e6),
    megabytes: round(work.bytes / 1e6),
    yardstickMs: round(limit),
    unit: 'ms of processor time per batch',
    ...took,
    overYardstick,
    node: process.version,
  })
}

/** Processor time of one pass, the mean of several. */
async function passMs(way: Way, passes: number): Promise<number> {
  const start = process.cpuUsage()
  for (let at = 0; at < passes; at++) await way.run()
  const { system, user } = process.cpuUsage(start)
  return (system + user) / 1000 / passes
}
