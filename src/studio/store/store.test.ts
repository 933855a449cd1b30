import { describe, expect, it } from 'vitest'
import { catalog } from '../../techniques/catalog'
import { defaultRecipe, withStep } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { accuracy, modelSummary, sizeEvent, weightsEvent } from '../../../testing/studio/test-data'
import { redoRecipe, startRecipe, undoRecipe } from './recipe-history'
import { effectKey } from './recipe-slice'
import { createStudioStore } from './store'
import type { StudioStore } from './store'

function withBits(bits: number, enabled = true): Recipe {
  return withStep(defaultRecipe, 1, {
    technique: 'quantize',
    enabled,
    config: { ...catalog.quantize.defaultConfig, bits },
  })
}

describe('recipe history', () => {
  it('steps back over settled settings only, not over what a thumb passed', () => {
    const store = createStudioStore()
    const { commitRecipe, dragRecipe } = store.getState()
    dragRecipe(withBits(7))
    dragRecipe(withBits(6))
    commitRecipe(withBits(5))
    commitRecipe(withBits(4))
    expect(pastOf(store)).toEqual([defaultRecipe, withBits(5)])
    undoRecipe(store)
    expect(store.getState().recipe).toEqual(withBits(5))
    undoRecipe(store)
    expect(store.getState().recipe).toEqual(defaultRecipe)
    undoRecipe(store)
    expect(store.getState().recipe).toEqual(defaultRecipe)
    redoRecipe(store)
    redoRecipe(store)
    expect(store.getState().recipe).toEqual(withBits(4))
  })

  it('forgets what was undone when something new is set', () => {
    const store = createStudioStore()
    store.getState().commitRecipe(withBits(5))
    undoRecipe(store)
    store.getState().commitRecipe(withBits(3))
    redoRecipe(store)
    expect(store.getState().recipe).toEqual(withBits(3))
  })

  it('makes no entry for a thumb that returned to where it was', () => {
    const store = createStudioStore()
    store.getState().dragRecipe(withBits(5))
    store.getState().commitRecipe(defaultRecipe)
    expect(pastOf(store)).toEqual([])
  })

  it('makes no entry for numbers that arrive, and holds a hundred', () => {
    const store = createStudioStore()
    store.getState().showMeasure(accuracy(90), {
      recipe: defaultRecipe,
      focus: [],
      mode: 'settled',
    })
    expect(pastOf(store)).toEqual([])
    for (let seed = 0; seed < 120; seed++) store.getState().commitRecipe({ ...defaultRecipe, seed })
    expect(pastOf(store)).toHaveLength(100)
  })

  it('starts anew with another model', () => {
    const store = createStudioStore()
    store.getState().commitRecipe(withBits(5))
    startRecipe(store, defaultRecipe)
    expect(pastOf(store)).toEqual([])
    expect(store.getState()).toMatchObject({ recipe: defaultRecipe, committed: defaultRecipe })
  })
})

function pastOf(store: StudioStore): unknown[] {
  return store.temporal.getState().pastStates.map(({ committed }) => committed)
}

describe('effect of a recipe', () => {
  it('ignores the settings of a step that is off', () => {
    expect(effectKey(withBits(4, false))).toBe(effectKey(defaultRecipe))
    expect(effectKey(withBits(4))).not.toBe(effectKey(withBits(5)))
  })
})

describe('numbers and the settings they belong to', () => {
  const request = (recipe: Recipe) => ({ recipe, focus: [], mode: 'settled' as const })

  it('keeps the recipe beside each number', () => {
    const { getState } = createStudioStore()
    const recipe = withBits(4)
    getState().showWeights(weightsEvent(), request(recipe))
    getState().dragRecipe(withBits(3))
    expect(getState().weights?.recipe).toBe(recipe)
    expect(getState().recipe).not.toBe(recipe)
  })

  it('does not replace an exact size by an estimate of the same settings', () => {
    const { getState } = createStudioStore()
    const recipe = withBits(4)
    getState().showSizes(sizeEvent({ zipped: 123 }), request(recipe))
    getState().showWeights(weightsEvent(), request(recipe))
    expect(getState().sizes?.value.zipped).toBe(123)
    getState().showWeights(weightsEvent(), request(withBits(3)))
    expect(getState().sizes?.value.zippedIsExact).toBe(false)
  })

  it('remembers a tried point once, and only when it was measured to the end', () => {
    const { getState } = createStudioStore()
    const recipe = withBits(4)
    getState().showSizes(sizeEvent(), request(recipe))
    getState().showMeasure(accuracy(40, { measured: 50 }), request(recipe))
    getState().rememberPoint(recipe)
    expect(getState().tried).toEqual([])
    getState().showMeasure(accuracy(90), request(recipe))
    getState().rememberPoint(recipe)
    getState().rememberPoint(recipe)
    expect(getState().tried).toHaveLength(1)
    expect(getState().tried[0]).toMatchObject({
      size: { zipped: 200, reportBytes: 30 },
      key: effectKey(recipe),
    })
  })

  it('forgets everything of the old model when another takes its place', () => {
    const { getState } = createStudioStore()
    getState().replaceModel(modelSummary())
    getState().setFocus(['dense'])
    getState().showWeights(weightsEvent(), request(defaultRecipe))
    getState().setOriginalMeasure(accuracy(98))
    getState().replaceModel(modelSummary({ id: 'model-2' }))
    expect(getState()).toMatchObject({
      focus: [],
      weights: null,
      sizes: null,
      originalMeasure: null,
      tried: [],
    })
  })

  it('keeps everything when the same model is reopened after a restart', () => {
    const { getState } = createStudioStore()
    getState().replaceModel(modelSummary())
    getState().showWeights(weightsEvent(), request(defaultRecipe))
    getState().renewModel(modelSummary({ id: 'model-2' }))
    expect(getState().weights).not.toBeNull()
  })

  it('holds plain data only', () => {
    const { getState } = createStudioStore()
    getState().replaceModel(modelSummary())
    getState().showWeights(weightsEvent(), request(defaultRecipe))
    const data = Object.fromEntries(
      Object.entries(getState()).filter(([, value]) => typeof value !== 'function'),
    )
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
  })
})

describe('problems', () => {
  const nothing = { code: 'open/nothing', params: {} } as const
  const lost = { code: 'quantize/non-finite', params: { tensor: 'a' } } as const

  it('go with their cause, or are dismissed', () => {
    const { getState } = createStudioStore()
    getState().showProblem(nothing, 'opening')
    getState().endProblem('data')
    expect(getState().problem?.error.code).toBe('open/nothing')
    getState().endProblem('opening')
    expect(getState().problem).toBeNull()
    getState().showProblem(nothing, 'opening')
    getState().dismissProblem()
    expect(getState().problem).toBeNull()
    // The same bad file once more is a new refusal.
    getState().showProblem(nothing, 'opening')
    expect(getState().problem?.error).toEqual(nothing)
  })

  it('are not said twice, nor again after they were dismissed, while they come by themselves', () => {
    const { getState } = createStudioStore()
    getState().showProblem(lost, 'measuring')
    const { problem } = getState()
    getState().showProblem({ ...lost }, 'measuring')
    expect(getState().problem).toBe(problem)
    getState().dismissProblem()
    getState().showProblem({ ...lost }, 'measuring')
    expect(getState().problem).toBeNull()
    getState().showProblem({ ...lost, params: { tensor: 'b' } }, 'measuring')
    expect(getState().problem?.error.params).toEqual({ tensor: 'b' })
    getState().dismissProblem()
    getState().endProblem('measuring')
    getState().showProblem(lost, 'measuring')
    expect(getState().problem?.error).toEqual(lost)
  })
})
