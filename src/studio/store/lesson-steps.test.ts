import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { isOn, stepOf, withConfig } from '../../techniques/recipe'
import { defaultRecipe } from '../../techniques/recipe'
import {
  LESSON_BITS,
  LESSON_SPARSITY,
  lessonStepAfter,
  lessonStepBefore,
  lessonSteps,
  rowsIn,
  shownIn,
  trialIds,
  trialOf,
  trialRecipe,
  trialsOf,
} from './lesson-steps'
import type { LessonStep, RowId } from './lesson-steps'

describe('the trials of the lesson', () => {
  it('are known by their settings, whatever was on before', () => {
    const own = { ...recipeWith({ prune: { value: 0.4 }, quantize: { bits: 6 } }), trained: 'abc' }
    for (const before of [defaultRecipe, own])
      for (const id of trialIds) expect(trialOf(trialRecipe(id, before))).toBe(id)
  })

  it('turn on what they are about, and nothing else', () => {
    const on = (id: (typeof trialIds)[number]) =>
      trialRecipe(id, defaultRecipe).steps.flatMap(({ enabled, technique }) =>
        enabled ? [technique] : [],
      )
    expect(on('original')).toEqual([])
    expect(on('linear')).toEqual(['quantize'])
    expect(on('mean')).toEqual(['quantize'])
    for (const id of ['threshold', 'randomMatched', 'randomLiteral'] as const)
      expect(on(id)).toEqual(['prune'])
    expect(on('both')).toEqual(['prune', 'quantize'])
  })

  it('quantize as the tutorial has it: one interval for a tensor, to its extremes', () => {
    const { config } = stepOf(trialRecipe('linear', defaultRecipe), 'quantize') ?? {}
    const form = { granularity: 'perTensor', range: 'minMax', scheme: 'linear' }
    expect(config).toMatchObject({ bits: LESSON_BITS, ...form })
  })

  it('keep what was chosen in the one before', () => {
    const linear = withConfig(trialRecipe('linear', defaultRecipe), 'quantize', { bits: 2 })
    expect(stepOf(trialRecipe('mean', linear), 'quantize')?.config).toMatchObject({
      ...{ bits: 2, scheme: 'mean' },
    })
    const first = trialRecipe('threshold', linear)
    expect(stepOf(first, 'prune')?.config.value).toBe(LESSON_SPARSITY)
    const moved = withConfig(first, 'prune', { target: 'threshold', value: 0.07 })
    for (const id of ['randomMatched', 'randomLiteral', 'both'] as const)
      expect(stepOf(trialRecipe(id, moved), 'prune')?.config).toMatchObject({
        ...{ target: 'threshold', value: 0.07 },
      })
    const both = trialRecipe('both', moved)
    expect(isOn(both, 'quantize')).toBe(true)
    expect(stepOf(both, 'prune')?.config.method).toBe('magnitude')
  })

  it('are none where something else is on', () => {
    expect(trialOf(recipeWith({ quantize: { bits: 3 } }))).toBeNull()
    expect(trialOf(recipeWith({ 'bias-correction': {} }))).toBeNull()
    expect(trialOf(recipeWith({ 'bias-correction': {}, prune: {} }))).toBeNull()
    expect(
      trialOf(recipeWith({ prune: { method: 'random' }, quantize: { scheme: 'mean' } })),
    ).toBeNull()
    expect(trialOf({ ...trialRecipe('both', defaultRecipe), trained: 'abc' })).toBeNull()
  })
})

describe('the steps of the lesson', () => {
  it('come one after the other', () => {
    expect(lessonSteps.map(lessonStepAfter)).toEqual([...lessonSteps.slice(1), null])
    expect(lessonSteps.map(lessonStepBefore)).toEqual([null, ...lessonSteps.slice(0, -1)])
  })

  it('give rows their order, whenever they were measured, and the end what came of the case study', () => {
    const ids = ['case float', 'recovered', 'case distilled', 'both', 'original', 'cut'] as const
    const idsIn = (step: LessonStep): readonly RowId[] =>
      rowsIn(
        step,
        ids.map((id) => ({ id })),
      ).map(({ id }) => id)
    expect(idsIn('results')).toEqual(['original', 'cut', 'both', 'recovered', 'case distilled'])
    expect(idsIn('recover')).toEqual(['both', 'recovered'])
    expect(idsIn('devices')).toEqual([])
  })

  it('show what they try, and every trial has its step', () => {
    for (const step of lessonSteps)
      expect(shownIn[step]).toEqual(expect.arrayContaining([...trialsOf[step]]))
    expect(lessonSteps.flatMap((step) => trialsOf[step])).toEqual([...trialIds])
  })
})
