import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { drained, exactFile, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { eagerClock } from '../../../testing/engine/small-environment'
import { recipeWith } from '../../../testing/studio/recipe-with'
import {
  accuracyOf,
  everything,
  floats,
  ofType,
  openBars,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { ARITHMETIC_VERSION } from '../../core/arithmetic-version'
import { memoryFile } from '../../files/file-bundle'
import { createRandom } from '../../core/random'
import { readZip } from '../../files/zip-archive'
import { withConfig } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import { parseTrainingRecord } from '../../training/training-record'
import { sparsitySchedules } from '../../techniques/prune/sparsity-schedule'
import { stepOf } from '../../techniques/recipe'

const engine = freshEngine(eagerClock())
const train = trainer(engine)
const coarse = recipeWith({ quantize: { bits: 3 } })

describe('pruning in training', () => {
  it('zeros stay zero and the wanted sparsity is held, whatever the schedule and the optimizer', async () => {
    await openBars(engine.current, 200)
    const random = createRandom(11)
    for (let trial = 0; trial < 5; trial++) {
      const value = 0.2 + 0.7 * random.uniform()
      const schedule = sparsitySchedules[trial % sparsitySchedules.length] ?? 'oneShot'
      const settings = settingsWith({
        epochs: 3,
        optimizer: (['sgd', 'adam', 'adamw'] as const)[random.below(3)] ?? 'adam',
        seed: trial,
        pruning: { schedule, end: 0.5, rounds: 3, regrowth: false },
      })
      const target = random.below(2) === 0 ? 'sparsity' : 'sigma'
      const recipe = recipeWith({
        prune: { value, target, scope: random.below(2) === 0 ? 'global' : 'perLayer' },
      })
      const { events, result } = await train({ recipe, settings })
      const states = await Promise.all(
        ofType(events, 'validation').map(({ trained }) => floats(trained.weights)),
      )
      // Weight decay and moments included: what was zero after an epoch is zero after the next.
      for (const [index, after] of states.entries())
        states[index - 1]?.forEach((weight, at) => {
          if (weight === 0 && Object.is(weight, 0) && index > 1) expect(after[at]).toBe(0)
        })
      const [final] = ofType(events, 'validation').slice(-1)
      const kept = ofType(events, 'progress').slice(-1)[0]
      expect(kept?.sparsity).toBeCloseTo(final?.sparsity ?? NaN, 6)
      if (target === 'sparsity') expect(final?.sparsity).toBeCloseTo(value, 1)
      await engine.current.model.addTrained(result.trained)
      const preview = await drained(
        engine.current.recipe.preview({ recipe: result.recipe, focus: [], mode: 'dragging' }),
      )
      const chosen = ofType(events, 'validation').find(({ epoch }) => epoch === result.epoch)
      expect(lastOf(preview.events, 'weights').sparsity).toBe(chosen?.sparsity)
    }
  })

  it('a gradual schedule climbs and only its end counts as best', async () => {
    await openBars(engine.current)
    const settings = settingsWith({
      epochs: 6,
      pruning: { schedule: 'iterative', end: 0.5, rounds: 3 },
    })
    const { events } = await train({ recipe: recipeWith({ prune: { value: 0.9 } }), settings })
    const curve = ofType(events, 'validation').map(({ sparsity }) => sparsity)
    expect(curve.map((sparsity) => Number(sparsity.toFixed(1)))).toEqual([
      0.5, 0.5, 0.8, 0.9, 0.9, 0.9, 0.9,
    ])
    const best = ofType(events, 'validation').filter((event) => event.best)
    expect(best.every(({ sparsity }) => sparsity > 0.89)).toBe(true)
    expect(best.length).toBeGreaterThan(0)
  })

  it('a gradual schedule gives nothing back that an earlier run has removed', async () => {
    await openBars(engine.current)
    const recipe = recipeWith({ prune: { value: 0.8 } })
    const pruning = { schedule: 'polynomial', end: 0.6 } as const
    const before = await train({ recipe, settings: settingsWith({ epochs: 2, pruning }) })
    await engine.current.model.addTrained(before.result.trained)
    const further = withConfig(before.result.recipe, 'prune', { value: 0.9 }, true)
    const { events } = await train({
      recipe: further,
      settings: settingsWith({ epochs: 4, pruning }),
    })
    const curve = ofType(events, 'validation').map(({ sparsity }) => sparsity)
    expect(curve[0]).toBeCloseTo(0.8, 2)
    expect(curve).toEqual(curve.toSorted((one, other) => one - other))
    expect(curve.at(-1)).toBeCloseTo(0.9, 2)
  })

  it('the learning rate starts anew with each round, also after a break', async () => {
    await openBars(engine.current, 200)
    const recipe = recipeWith({ prune: { value: 0.9 } })
    const settings = settingsWith({
      epochs: 6,
      warmupEpochs: 0,
      pruning: { schedule: 'iterative', end: 0.75, rounds: 3 },
    })
    const whole = await train({ recipe, settings })
    const steps = lastOf(whole.events, 'validation').step
    const rates = new Map(
      ofType(whole.events, 'progress').map(({ step, learningRate }) => [step, learningRate]),
    )
    // Two rounds of an epoch and a half; the third goes on for the rest.
    const ends = [0, steps / 4, steps / 2, steps]
    for (const { step, learningRate, sparsity } of ofType(whole.events, 'progress')) {
      const round = ends.findLastIndex((end) => end <= step - 1)
      const [from = NaN, to = NaN] = ends.slice(round)
      const share = (step - 1 - from) / (to - from)
      const cosine = 0.01 + (0.99 * (1 + Math.cos(Math.PI * share))) / 2
      expect(learningRate).toBeCloseTo(settings.learningRate * cosine, 9)
      expect(sparsity).toBeCloseTo(1 - 0.1 ** ((round + 1) / 3), 2)
    }
    for (const epoch of [1, 2, 3]) {
      const checkpoint = ofType(whole.events, 'checkpoint').find((event) => event.epoch === epoch)
      const rest = await train({ recipe, settings, resume: checkpoint?.file ?? null })
      for (const { step, learningRate, sparsity } of ofType(rest.events, 'progress')) {
        expect(learningRate).toBe(rates.get(step) ?? learningRate)
        expect(sparsity).toBeGreaterThan(0.5)
      }
      expect(lastOf(rest.events, 'validation').trained.id).toBe(
        lastOf(whole.events, 'validation').trained.id,
      )
      expect(rest.result.recipe).toEqual(whole.result.recipe)
    }
  })

  it('with regrowth removed weights may return until the schedule ends', async () => {
    await openBars(engine.current)
    const settings = settingsWith({
      epochs: 6,
      learningRate: 0.05,
      decay: 'constant',
      pruning: { schedule: 'polynomial', end: 0.6, regrowth: true },
    })
    const { events, result } = await train({
      recipe: recipeWith({ prune: { value: 0.8 } }),
      settings,
    })
    const [first, , , ...late] = await Promise.all(
      ofType(events, 'validation').map(({ trained }) => floats(trained.weights)),
    )
    expect(first?.some((weight) => weight === 0)).toBe(true)
    const [last] = late.slice(-1)
    const zeros = last?.reduce((count, weight) => count + (weight === 0 ? 1 : 0), 0) ?? 0
    expect(zeros).toBeGreaterThan(100)
    // Weights that the masks let return at the very end count too.
    expect(lastOf(events, 'validation').sparsity).toBeCloseTo(0.8, 2)
    expect(accuracyOf(result)).toBeGreaterThan(0.5)
  })
})

describe('quantization in training', () => {
  it.each([
    { scheme: 'affine', symmetry: 'asymmetric', granularity: 'perTensor' },
    { scheme: 'affine', symmetry: 'symmetric', granularity: 'perChannel' },
    { scheme: 'linear', symmetry: 'asymmetric', granularity: 'perChannel' },
    { scheme: 'mean', symmetry: 'asymmetric', granularity: 'perTensor' },
  ] as const)('learns in the quantized values: %o', async (how) => {
    await openBars(engine.current)
    for (const ranges of ['rechosen', 'learned'] as const) {
      const settings = settingsWith({ epochs: 8, quantization: { ranges } })
      const { result } = await train({
        recipe: recipeWith({ quantize: { bits: 3, ...how } }),
        settings,
      })
      expect(accuracyOf(result)).toBeGreaterThan(0.8)
    }
  })

  it('ranges that are learned take the place of those that the recipe chooses', async () => {
    await openBars(engine.current)
    const recipe = recipeWith({
      quantize: {
        bits: 3,
        granularity: 'perGroup',
        groupSize: 4,
        range: 'percentile',
        percentile: 90,
      },
    })
    for (const ranges of ['rechosen', 'learned'] as const) {
      const settings = settingsWith({ epochs: 3, quantization: { ranges } })
      const { result } = await train({ recipe, settings })
      const kept = ranges === 'learned' ? 'minMax' : 'percentile'
      expect(stepOf(result.recipe, 'quantize')?.config.range).toBe(kept)
      await engine.current.model.addTrained(result.trained)
      const { result: download } = await drained(
        engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
      )
      expect(download.validation).toEqual(result.measure)
    }
  })

  it('what the run measured is what the file holds', async () => {
    await openBars(engine.current)
    const { result } = await train(everything)
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    expect(download.validation).toEqual(result.measure)
    expect(download.test).toMatchObject({ split: 'test' })
  })

  it('another run begins with the ranges and statistics that the first has come to', async () => {
    await openBars(engine.current)
    const fine = recipeWith({ quantize: { bits: 2, range: 'mse' } })
    const frozen = { reestimate: false, statistics: 'frozen' } as const
    for (const batchNorm of [frozen, defaultTrainingSettings.batchNorm]) {
      const settings = settingsWith({ epochs: 2, batchNorm })
      const { result } = await train({ recipe: fine, settings })
      await engine.current.model.addTrained(result.trained)
      const { events } = await train({ recipe: result.recipe, settings })
      const [first] = ofType(events, 'validation')
      expect(first).toMatchObject({ epoch: 0, measure: result.measure })
    }
  })

  it('statistics follow the batches, however few bits they are coded with', async () => {
    await openBars(engine.current)
    /** Mean and variance of six channels, which a file has behind all that is trained. */
    const statistics = async (normalization: 8 | 'float'): Promise<readonly number[]> => {
      const recipe = recipeWith({ quantize: { bits: 8, normalization } })
      const { result } = await train({ recipe, settings: settingsWith({ epochs: 3 }) })
      return [...(await floats(result.trained.weights))].slice(-12)
    }
    const [coded, real] = [await statistics(8), await statistics('float')]
    coded.forEach((value, at) => {
      expect(Math.abs(value - (real[at] ?? NaN))).toBeLessThan(0.05)
    })
  })

  it('so it is where biases are corrected, by the inputs of the weights of each moment', async () => {
    await openBars(engine.current)
    const plain = await train({ recipe: coarse, settings: settingsWith({ epochs: 1 }) })
    const recipe = withConfig(coarse, 'bias-correction', {}, true)
    const { result } = await train({ recipe, settings: settingsWith({ epochs: 1 }) })
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    expect(download.validation).toEqual(result.measure)
    expect(result.measure).not.toEqual(plain.result.measure)
  })

  it('the report says of each run how it trained, so that it can be repeated', async () => {
    await openBars(engine.current)
    const first = await train({ settings: settingsWith({ epochs: 2, seed: 7 }) })
    await engine.current.model.addTrained(first.result.trained)
    const recipe = { ...everything.recipe, trained: first.result.trained.id }
    const { result } = await train({ recipe, settings: everything.settings })
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    const zip = memoryFile('download.zip', new Uint8Array(await download.zip.arrayBuffer()))
    const archive = await readZip(zip, () => Promise.resolve())
    const report = archive.find(({ path }) => path === 'report.json')
    const text = new TextDecoder().decode(await report?.read(0, report.size))
    const { training } = z.object({ training: z.array(z.unknown()) }).parse(JSON.parse(text))
    const runs = training.map(parseTrainingRecord)
    expect(runs).toEqual(result.trained.history)
    expect(runs.map(({ settings }) => settings.seed)).toEqual([7, 1])
    expect(runs[1]).toMatchObject({
      recipe,
      epoch: result.epoch,
      backend: 'wasm',
      arithmetic: ARITHMETIC_VERSION,
    })
    // What is said is enough: the same once more.
    const [, again] = runs
    if (again === undefined) throw new Error('no second run')
    const repeated = await train({ recipe: again.recipe, settings: again.settings })
    expect(repeated.result.trained.id).toBe(result.trained.id)
  })
})
