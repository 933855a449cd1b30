/**
 * A whole measurement of the built-in models (5,000 samples of the training split) by one worker and by two, in turn in
 * one process: samples per second, and processor seconds of all threads together, which other work on the machine does
 * not lengthen. The projection shares the processor time of one worker out evenly, and leaves what the engine's own
 * worker does for all (making inputs and handing them over, as measured) with it.
 * Run: `npx tsx bench/shared-measuring.bench.ts [--record | model ...]`, after `npm run build:kernels`.
 */
import { createEngine } from '../src/engine/engine.ts'
import type { CoresHost } from '../src/engine/host/cores-host.ts'
import { nodeCores } from '../src/engine/host/cores-in-node.ts'
import { nodeEnvironment } from '../src/engine/host/node-environment.ts'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { drain } from '../src/protocol/drain.ts'
import { sampleFiles } from '../testing/models/sample-files.ts'
import { emit, quartiles, round } from './emit.ts'

const SAMPLES = 5000
const ROUNDS = 7
const WORKERS = 2

const subjects = [
  { id: 'lenet-300-100', dataset: 'mnist', recorded: 'lenet300' },
  { id: 'lenet-5', dataset: 'mnist', recorded: 'lenet5' },
  { id: 'fashion-cnn', dataset: 'fashion-mnist', recorded: 'fashion' },
] as const

const started = Date.now()
const recording = process.argv.includes('--record')
const wanted = process.argv.slice(2).filter((name) => name !== '--record')
const { isShared, spawn } = nodeCores(WORKERS)
let count = 1
const cores: CoresHost = {
  get count() {
    return count
  },
  isShared,
  spawn,
}
const engine = createEngine(nodeEnvironment({ cores }))
await engine.start({ forced: 'wasm', exclude: [] })
const figures: Record<string, number> = {}
const spreads: Record<string, [number, number]> = {}
for (const subject of subjects)
  if (wanted.length === 0 || wanted.includes(subject.id)) await compare(subject)
if (recording)
  recordExperiments([
    {
      name: 'shared-measuring',
      metrics: figures,
      intervals: spreads,
      seeds: [],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])
process.exit(0)

async function compare({ dataset, id, recorded }: (typeof subjects)[number]): Promise<void> {
  await drain(engine.model.open({ files: sampleFiles(id) }), () => undefined)
  await drain(engine.data.attach({ datasetId: dataset, settings: null }), () => undefined)
  const ways = [1, WORKERS].map((workers) => ({ workers, ms: [] as number[], cpu: [] as number[] }))
  // The first rounds only warm up, and wait for the workers.
  for (let turn = -1; turn <= ROUNDS; turn++)
    for (const { cpu, ms, workers } of ways) {
      count = workers
      const before = process.cpuUsage()
      const began = performance.now()
      await drain(
        engine.measure.outputs({ split: 'train', recipe: null, first: SAMPLES }),
        () => undefined,
      )
      if (turn <= 0) continue
      ms.push(performance.now() - began)
      const { system, user } = process.cpuUsage(before)
      cpu.push((system + user) / 1000)
    }
  const [one, several] = ways
  if (one === undefined || several === undefined) return
  const ratio = quartiles(one.ms.map((ms, at) => ms / (several.ms[at] ?? NaN)))
  const [cpuOne, cpuSeveral] = [quartiles(one.cpu).median, quartiles(several.cpu).median]
  // What sharing costs is the engine's own worker's to do, for the part that it gives away.
  const handing = Math.max(0, cpuSeveral - cpuOne) / (1 - 1 / WORKERS)
  const projected = (workers: number): number =>
    round(cpuOne / (cpuOne / workers + handing * (1 - 1 / workers)))
  emit('shared-measuring', {
    model: id,
    samples: SAMPLES,
    samplesPerSecond: Object.fromEntries(
      ways.map(({ ms, workers }) => [workers, round((1000 * SAMPLES) / quartiles(ms).median)]),
    ),
    cpuMs: { [1]: cpuOne, [WORKERS]: cpuSeveral },
    overOneWorker: ratio,
    projected: Object.fromEntries([2, 4, 8].map((workers) => [workers, projected(workers)])),
  })
  figures[`${recorded}OverOneWorker`] = round(ratio.median)
  spreads[`${recorded}OverOneWorker`] = [round(ratio.q1), round(ratio.q3)]
}
