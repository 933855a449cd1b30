/**
 * What quantization in the loop costs: a step of training (batch 128, Adam) of the built-in models with weights that pass
 * through codes, as a ratio of the same step with floats. Masks are compared with masks. One process, the run's own
 * stepper and hooks, all ways in turn; processor time, ratios round by round. `byScript` is the same way by the file's own
 * code in the script, as where no SIMD kernels are.
 * Run: `npx tsx bench/quantized-training.bench.ts [--record | model ...]`, after `npm run build:kernels`.
 */
import * as tf from '@tensorflow/tfjs'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { readKernelModule, startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { techniqueHooks } from '../src/engine/training/hooks/technique-hooks.ts'
import { objectiveFor } from '../src/engine/training/network/objective.ts'
import { TrainableProgram } from '../src/engine/training/network/trainable-program.ts'
import { TrainingOptimizer } from '../src/engine/training/optimizer.ts'
import { Stepper } from '../src/engine/training/stepper.ts'
import { fakeQuantize } from '../src/engine/wasm-kernels/fake-quantize.ts'
import { prepareTrainingKernels } from '../src/engine/wasm-kernels/prepare-training-kernels.ts'
import type { PreparedKernels } from '../src/engine/wasm-kernels/prepare-training-kernels.ts'
import { memoryFile } from '../src/files/file-bundle.ts'
import type { OpenedModel } from '../src/formats/format.ts'
import { openModel } from '../src/formats/importers.ts'
import { isOn } from '../src/techniques/recipe.ts'
import type { Recipe } from '../src/techniques/recipe.ts'
import { techniqueIds } from '../src/techniques/catalog.ts'
import type { HookGround, TrainingHook } from '../src/techniques/training-hook.engine.ts'
import { plainAdam } from '../testing/engine/take-step.ts'
import { settingsWith } from '../testing/engine/training-ground.ts'
import { sampleBytes } from '../testing/models/sample-files.ts'
import { recipeWith } from '../testing/studio/recipe-with.ts'
import { emit, quartiles } from './emit.ts'

const BATCH = 128
const CLASSES = 10
const ROUNDS = 9
/** Of each way in a round; the first is not counted. */
const STEPS = 4
/** Before the first round: what a script does thousands of times in a run is compiled by then. */
const WARM = { steps: 100, ms: 2000 }

const models = ['lenet-300-100', 'lenet-5', 'fashion-cnn']

interface Asked {
  readonly name: string
  /** The way that it is a ratio of. */
  readonly beside: 'float' | 'masks'
  readonly recipe: Recipe
  readonly ranges: 'learned' | 'rechosen'
  readonly kernels: PreparedKernels
}

const prune = { prune: { value: 0.8 } } as const

function asked(): Asked[] {
  const affine = { scheme: 'affine', symmetry: 'asymmetric', range: 'minMax' } as const
  const ways = (['perTensor', 'perChannel'] as const).flatMap((granularity) =>
    (['rechosen', 'learned'] as const).flatMap((ranges) =>
      [2, 4, 8].map((bits) => ({
        name: `${granularity}${ranges === 'learned' ? 'Learned' : ''}${bits}`,
        beside: 'float' as const,
        recipe: recipeWith({ quantize: { ...affine, granularity, bits } }),
        ranges,
        kernels,
      })),
    ),
  )
  const more = (name: string, quantize: object, masked = false): Asked => ({
    name,
    beside: masked ? 'masks' : 'float',
    recipe: recipeWith({ ...(masked ? prune : {}), quantize: { ...affine, ...quantize } }),
    ranges: name.includes('Learned') ? 'learned' : 'rechosen',
    kernels,
  })
  const byScript = ways
    .filter(({ name }) => name.endsWith('4'))
    .map((one) => ({ ...one, name: `${one.name} byScript`, kernels: withoutQuantizing }))
  return [
    ...ways,
    ...byScript,
    more('symmetricLearned4', { symmetry: 'symmetric', granularity: 'perTensor', bits: 4 }),
    more('linear4', { scheme: 'linear', granularity: 'perTensor', bits: 4 }),
    more('mean4', { scheme: 'mean', granularity: 'perTensor', bits: 4 }),
    more('leastError2', { granularity: 'perTensor', bits: 2, range: 'mse' }),
    more('maskedLearned4', { granularity: 'perTensor', bits: 4 }, true),
    more('masked4', { granularity: 'perChannel', bits: 4 }, true),
  ]
}

interface Way {
  readonly stepper: Stepper
  readonly dispose: () => void
  readonly times: number[]
}

const started = Date.now()
await startWasmBackend()
const kernels = await prepareTrainingKernels(readKernelModule())
/** The same kernels but those that quantize. */
const withoutQuantizing: PreparedKernels = {
  ...kernels,
  enter: () => {
    const leave = kernels.enter()
    const own = tf.getKernel(fakeQuantize.kernelName, 'wasm')
    tf.unregisterKernel(fakeQuantize.kernelName, 'wasm')
    return () => {
      tf.registerKernel(own)
      leave()
    }
  },
}
const recording = process.argv.includes('--record')
const flags = process.argv.slice(2)
const only = flags.find((flag) => flag.startsWith('--only='))?.slice('--only='.length)
const wanted = flags.filter((flag) => !flag.startsWith('--'))
const figures: Record<string, number> = {}
const spreads: Record<string, [number, number]> = {}
for (const id of wanted.length > 0 ? wanted : models) await compare(id)
if (recording)
  recordExperiments([
    {
      name: 'quantized-training',
      metrics: figures,
      intervals: spreads,
      seeds: [],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])

async function compare(id: string): Promise<void> {
  const opened = await openModel(
    [...sampleBytes(id)].map(([path, bytes]) => memoryFile(path, bytes)),
    () => Promise.resolve(),
  )
  const x = drawn(opened)
  const none: Asked = {
    ...{ name: '', beside: 'float', recipe: recipeWith({}), ranges: 'rechosen' },
    kernels,
  }
  const ways = new Map<string, Way>()
  const beside = new Map<string, 'float' | 'masks'>()
  ways.set('float', await way(opened, none))
  ways.set('masks', await way(opened, { ...none, recipe: recipeWith(prune) }))
  for (const one of asked()) {
    if (only !== undefined && !only.split(',').includes(one.name)) continue
    ways.set(one.name, await way(opened, one))
    beside.set(one.name, one.beside)
  }
  for (const one of ways.values()) await warmUp(one, x)
  for (let turn = 0; turn <= ROUNDS; turn++)
    for (const one of turn % 2 === 0 ? ways.values() : [...ways.values()].toReversed())
      one.times.push(await timedSteps(one, x, turn))
  const timesOf = (name: string): readonly number[] => ways.get(name)?.times.slice(1) ?? []
  const ratios: Record<string, unknown> = {}
  for (const [name, of] of beside) {
    const whole = timesOf(of)
    const shares = quartiles(timesOf(name).map((ms, turn) => ms / (whole[turn] ?? NaN)))
    ratios[name] = [shares.q1, shares.median, shares.q3]
    figures[`${name}|${id}`] = shares.median
    spreads[`${name}|${id}`] = [shares.q1, shares.q3]
  }
  emit('quantized-training', {
    model: id,
    batch: BATCH,
    unit: 'ms of processor time per step',
    float: quartiles(timesOf('float')),
    masks: quartiles(timesOf('masks')),
    'ratios: q1, median, q3': ratios,
  })
  for (const { dispose } of ways.values()) dispose()
  x.dispose()
}

function drawn({ graph }: OpenedModel): tf.Tensor {
  const [shape] = graph.inputs.map((input) => input.shape ?? [])
  const sides = (shape ?? []).slice(1).map((side) => side ?? 1)
  return tf.randomUniform([BATCH, ...sides], 0, 1, 'float32', 1)
}

/** A run of its own: model, optimizer and hooks. */
async function way(opened: OpenedModel, how: Asked): Promise<Way> {
  const weights = opened.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const model = new TrainableProgram(opened)
  const optimizer = new TrainingOptimizer(plainAdam, how.kernels.host ?? null)
  const hooks: TrainingHook[] = []
  const ground: HookGround = {
    weights,
    recipe: how.recipe,
    stepsPerEpoch: 422,
    variable: (name) => model.all.get(name),
    isTrained: (name) => model.trained.has(name),
    read: () => model.read(weights),
    maskMoments: (name, mask) => {
      optimizer.mask(name, mask)
    },
    maskOf: (name) => {
      const [mask = null] = hooks.flatMap(({ removal }) => removal?.maskOf(name) ?? [])
      return mask
    },
    between: () => Promise.resolve(),
    finish: (running) => {
      for (;;) {
        const next = running.next()
        if (next.done === true) return Promise.resolve(next.value)
      }
    },
  }
  const settings = settingsWith({
    quantization: { ranges: how.ranges },
    pruning: { schedule: 'oneShot' },
  })
  for (const id of techniqueIds) {
    const hook = isOn(how.recipe, id) ? techniqueHooks[id]?.(ground, settings) : null
    if (hook === null || hook === undefined) continue
    hooks.push(hook)
    await hook.prepare(new AbortController().signal)
  }
  const labels = Int32Array.from({ length: BATCH }, (_, at) => at % CLASSES)
  const stepper = new Stepper({
    ...{ model, optimizer, hooks, kernels: how.kernels },
    objective: objectiveFor(
      { task: 'classification', columns: CLASSES, labels },
      ...([model.squashing, 0, 'bench'] as const),
    ),
    ...{ teacher: null, hint: null, decayed: new Set<string>(), clipNorm: null },
    ...{ setup: asWhole, crew: asWhole },
  })
  return {
    stepper,
    dispose: () => {
      for (const hook of hooks) hook.dispose()
      optimizer.dispose()
      model.dispose()
    },
    times: [],
  }
}

/** Batches go through the network as wholes here. */
function asWhole(): never {
  throw new RangeError('a batch in pieces')
}

async function warmUp(way: Way, x: tf.Tensor): Promise<void> {
  const began = performance.now()
  for (let steps = 0; steps < WARM.steps; steps += STEPS) {
    if (performance.now() - began > WARM.ms) return
    await timedSteps(way, x, 0)
  }
}

/** In a run steps follow each other; the first after a change of model is not like the others. */
async function timedSteps({ stepper }: Way, x: tf.Tensor, turn: number): Promise<number> {
  const samples = Uint32Array.from({ length: BATCH }, (_, sample) => sample)
  const batch = { samples, piece: () => ({ inputs: [x.clone()], samples }), rows: asWhole }
  const times: number[] = []
  for (let at = 0; at < STEPS; at++) {
    const began = process.cpuUsage()
    await stepper.step(batch, [{ from: 0, to: BATCH }], {
      learningRate: 1e-4,
      seed: turn * STEPS + at,
      before: () => Promise.resolve(),
      alone: (work) => work(),
      limitMs: Infinity,
      isRead: true,
    })
    const { system, user } = process.cpuUsage(began)
    times.push((system + user) / 1000)
  }
  return quartiles(times.slice(1)).median
}
