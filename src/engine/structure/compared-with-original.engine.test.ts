import * as tf from '@tensorflow/tfjs'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { halfOfAll } from '../../../testing/engine/cut-ground'
import { drained, exactFile, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { filesOf } from '../../../testing/engine/teaching-ground'
import { attachBars, settingsWith, trainer } from '../../../testing/engine/training-ground'
import { trainedBarModel } from '../../../testing/models/bar-model'
import { recipeWith } from '../../../testing/studio/recipe-with'
import type { ModelSummary } from '../../core/model-summary'
import type { DataSettings } from '../../data/data-settings'
import { withScale } from '../../data/preparation'
import type { AccuracyEvent } from '../../protocol/measure-messages'
import type { CutOrigin } from '../../protocol/structure-messages'
import { defaultRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { createEngine } from '../engine'
import type { Engine } from '../engine'
import { smallEnvironment } from '../../../testing/engine/small-environment'

const engine = freshEngine()
const train = trainer(engine)

async function open(
  on: Engine,
  files: readonly File[],
  origin: CutOrigin | null = null,
): Promise<ModelSummary> {
  return (await drained(on.model.open({ files, origin }))).result
}

async function attach(on: Engine): Promise<DataSettings> {
  return (await attachBars(on)).settings
}

async function original(on: Engine): Promise<AccuracyEvent> {
  return lastOf((await drained(on.measure.original())).events, 'accuracy')
}

async function settled(on: Engine, recipe: Recipe): Promise<AccuracyEvent> {
  const { events } = await drained(on.recipe.preview({ recipe, focus: [], mode: 'settled' }))
  return lastOf(events, 'accuracy')
}

/** Half of the filters of the open model. */
async function halved(on: Engine, from: CutOrigin): Promise<{ files: File[]; origin: CutOrigin }> {
  const request = { recipe: defaultRecipe, target: halfOfAll, blocks: [], start: 'kept' } as const
  const { result } = await drained(on.structure.cut(request))
  const { files, record } = result
  return {
    files: files.map(({ path, blob }) => new File([blob], path)),
    origin: { files: from.files, cuts: [...from.cuts, record] },
  }
}

describe('a model that filters were removed from', () => {
  it('is compared with what was opened, sample by sample, on the page and in the file', async () => {
    const on = engine.current
    const files = await filesOf(trainedBarModel())
    const whole = await open(on, files)
    await attach(on)
    const before = await original(on)
    expect(before.correct / before.total).toBeGreaterThan(0.9)
    expect(before.total).toBe(80)

    const cut = await halved(on, { files, cuts: [] })
    // What it can do by itself, and what it was compared with before: itself.
    await open(on, cut.files)
    await attach(on)
    const alone = await original(on)
    expect(alone.correct).toBeLessThan(before.correct)

    const smaller = await open(on, cut.files, cut.origin)
    expect(smaller.original).toEqual(whole.original)
    expect(smaller.original.parameters).toBe(whole.totals.parameters)
    expect(smaller.zippedFloat32Bytes).toBeLessThan(whole.zippedFloat32Bytes)
    expect(smaller.removed).toEqual({
      layers: [{ name: 'first', before: 6, after: 3 }],
      gone: [],
    })
    await attach(on)
    expect(await original(on)).toEqual(before)
    const now = await settled(on, defaultRecipe)
    expect(now).toMatchObject({ correct: alone.correct, originalCorrect: before.correct })
    const { onlyCompressed, onlyOriginal } = now.paired
    expect(onlyOriginal - onlyCompressed).toBe(before.correct - alone.correct)
    expect(onlyOriginal).toBeGreaterThan(0)
    const { result: flips } = await drained(on.measure.compare({ recipe: defaultRecipe, most: 5 }))
    expect(flips.counts).toMatchObject({ lost: onlyOriginal, won: onlyCompressed })
    const sample = await on.data.sample({ index: 0 })

    const { result } = await drained(on.recipe.export({ recipe: defaultRecipe, target: exactFile }))
    expect(result.test).toMatchObject({ split: 'test', measured: 80 })
    const parts = unzipSync(new Uint8Array(await result.zip.arrayBuffer()))
    const report: unknown = JSON.parse(strFromU8(parts['report.json'] ?? new Uint8Array()))
    expect(report).toMatchObject({
      version: 5,
      parameters: smaller.totals.parameters,
      original: whole.original,
      removed: {
        layers: [{ name: 'first', before: 6, after: 3 }],
        gone: [],
        cuts: [{ target: halfOfAll, blocks: [], start: 'kept', trained: null, training: [] }],
      },
      accuracy: [
        { split: 'validation', correct: alone.correct, originalCorrect: before.correct },
        { split: 'test' },
      ],
    })
    expect(strFromU8(parts['README.md'] ?? new Uint8Array())).toContain(
      `Filters removed: ${smaller.totals.parameters} of ${whole.totals.parameters} parameters are left (first 6 to 3)`,
    )

    // Taken back, it is the plain model again.
    const again = await open(on, files)
    expect(again).toMatchObject({ removed: null, original: whole.original })
    await attach(on)
    expect(await settled(on, defaultRecipe)).toEqual(before)
    // What was cut is compared by stock TensorFlow.js, what was not by the inference pass: sums are in another order.
    const { answers } = await on.data.sample({ index: 0 })
    expect(answers.map(({ output }) => output)).toEqual(sample.answers.map(({ output }) => output))
    answers.forEach(({ value }, at) => {
      expect(value).toBeCloseTo(sample.answers[at]?.value ?? NaN, 5)
    })
    const { result: plain } = await drained(
      on.recipe.export({ recipe: defaultRecipe, target: exactFile }),
    )
    expect(plain.test).toMatchObject({ split: 'test' })
    if (plain.test?.type !== 'accuracy' || result.test?.type !== 'accuracy') throw new Error('test')
    expect(result.test.originalCorrect).toBe(plain.test.correct)
  })

  it('is so in another worker, under other settings of the data, after a second removal', async () => {
    const files = await filesOf(trainedBarModel())
    const whole = await open(engine.current, files)
    const settings = await attach(engine.current)
    const { preparation } = settings
    const dark = { ...settings, preparation: preparation && withScale(preparation, 'signed') }
    await engine.current.data.configure(dark)
    const before = await original(engine.current)
    const once = await halved(engine.current, { files, cuts: [] })
    await open(engine.current, once.files, once.origin)
    const twice = await halved(engine.current, once.origin)
    expect(twice.origin.cuts).toHaveLength(2)
    await engine.current.model.close()

    const other = createEngine(smallEnvironment())
    await other.start({ forced: 'wasm', exclude: [] })
    const tensors = tf.memory().numTensors
    // What crosses a closed page is a copy.
    const copies = files.map((one) => new File([one], one.name))
    const smaller = await open(other, twice.files, { ...twice.origin, files: copies })
    expect(smaller.original).toEqual(whole.original)
    expect(smaller.removed?.layers).toEqual([{ name: 'first', before: 6, after: 1 }])
    await attach(other)
    await other.data.configure(dark)
    expect(await original(other)).toEqual(before)
    expect((await settled(other, defaultRecipe)).originalCorrect).toBe(before.correct)
    await other.model.close()
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('differs from what was opened without labels, too, and names the run before the removal', async () => {
    const on = engine.current
    const files = await filesOf(trainedBarModel())
    await open(on, files)
    await attach(on)
    const { result } = await train({ settings: settingsWith({ epochs: 1 }) })
    await on.model.addTrained(result.trained)
    const { result: cut } = await drained(
      on.structure.cut({
        ...{ recipe: result.recipe, target: halfOfAll, blocks: [] },
        start: 'kept',
      }),
    )
    const { files: parts, record } = cut
    expect(record.trained).toBe(result.trained.id)
    expect(record.training).toEqual(result.trained.history)
    const smaller = parts.map(({ path, blob }) => new File([blob], path))
    await open(on, smaller, { files, cuts: [record] })
    const { events } = await drained(
      on.recipe.preview({ recipe: defaultRecipe, focus: [], mode: 'settled' }),
    )
    expect(lastOf(events, 'agreement').relativeError).toBeGreaterThan(0.01)
    const itself = await drained(on.measure.original())
    expect(lastOf(itself.events, 'agreement').relativeError).toBe(0)
    // Training is judged by the same model.
    await attach(on)
    const before = await original(on)
    const run = await train({
      recipe: recipeWith({ quantize: { bits: 8 } }),
      settings: settingsWith({ epochs: 1 }),
    })
    expect(run.result.measure).toMatchObject({ originalCorrect: before.correct })
  })
})
