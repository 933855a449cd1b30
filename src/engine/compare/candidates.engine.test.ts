import { expect, it } from 'vitest'
import { drained, errorOf, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { openBars } from '../../../testing/engine/training-ground'
import { sampleFiles } from '../../../testing/models/sample-files'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { countOnly, packRight } from '../../core/right-bits'
import { defaultRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

const engine = freshEngine()
/** Stored in whole bytes, and as decoded values. */
const rough = recipeWith({ quantize: { bits: 2, range: 'minMax' }, prune: { value: 0.6 } })
const channels = recipeWith({ quantize: { bits: 3, granularity: 'perChannel' } })

const examined = (recipe: Recipe) => drained(engine.current.measure.candidate({ recipe }))

it('has the bytes of every download, and the measure of a preview', async () => {
  await openBars(engine.current)
  for (const recipe of [rough, channels, defaultRecipe]) {
    const { events, result } = await examined(recipe)
    expect(events.at(-1)?.done).toBe(events.at(-1)?.total)
    const preview = await drained(
      engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' }),
    )
    expect(result.measure).toEqual(lastOf(preview.events, 'accuracy'))
    expect(result.backend).toBe('wasm')
    expect(result.offers.map(({ target }) => target.precision)).toEqual([
      ...['exact', 'packed', 'float32', 'float16'],
    ])
    for (const { refusal, size, target } of result.offers) {
      if (refusal !== null) {
        expect([target.precision, refusal.code, size]).toEqual([
          ...['packed', 'export/nothing-packed', null],
        ])
        continue
      }
      const { result: file } = await drained(engine.current.recipe.export({ recipe, target }))
      expect(size?.zipped).toBe(file.zippedBytes)
      expect(file.validation?.measured).toBe(result.measure?.measured)
    }
  }
})

it('says which samples are right, so that any two can be tested', async () => {
  await drained(engine.current.model.open({ files: sampleFiles('lenet-300-100') }))
  await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
  const [{ result: one }, { result: same }, { result: original }] = [
    await examined(rough),
    await examined(rough),
    await examined(defaultRecipe),
  ]
  if (one.measure?.type !== 'accuracy') throw new Error('not labelled')
  const { correct, measured, originalCorrect, paired } = one.measure
  const right = one.answers?.right ?? new Uint8Array()
  const all = packRight(new Uint8Array(measured).fill(1))
  expect(one.answers?.samples).toBe(measured)
  expect(countOnly(all, right)).toEqual({ onlyFirst: measured - correct, onlySecond: 0 })
  expect(countOnly(original.answers?.right ?? new Uint8Array(), right)).toEqual({
    onlyFirst: paired.onlyOriginal,
    onlySecond: paired.onlyCompressed,
  })
  expect(same.answers).toEqual(one.answers)
  expect(original.answers?.classes).toEqual([])
  const classes = one.answers?.classes ?? []
  expect(classes).toHaveLength(5)
  const table = one.measure.confusion ?? []
  for (const { after, before, label, samples } of classes) {
    expect(after).toBe(table[label * 10 + label])
    expect(samples).toBe(table.slice(label * 10, label * 10 + 10).reduce((a, b) => a + b, 0))
    expect(before).toBeLessThanOrEqual(samples)
  }
  expect(classes[0]?.after).toBeLessThan(classes[0]?.before ?? 0)
  expect(originalCorrect).toBeGreaterThan(correct)
})

it('has no right answers without labels, and says what it is not', async () => {
  expect(await errorOf(examined(rough))).toMatchObject({ code: 'engine/no-model' })
  await drained(engine.current.model.open({ files: sampleFiles('lenet-300-100') }))
  const { result } = await examined(rough)
  expect(result.answers).toBeNull()
  expect(result.measure).toMatchObject({ type: 'agreement', data: null })
  const abort = new AbortController()
  abort.abort()
  const call = drained(engine.current.measure.candidate({ recipe: rough }, abort.signal))
  expect(await errorOf(call)).toMatchObject({ code: 'engine/cancelled' })
})
