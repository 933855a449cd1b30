import { describe, expect, it } from 'vitest'
import { expectNoEnglish, sentence } from '../../testing/files/refusals'
import { StudioError, isStudioError } from '../core/errors'
import { catalog, makeStep, techniqueIds } from './catalog'
import type { RecipeStep, TechniqueId } from './catalog'
import { allOff, defaultRecipe, isOn, parseRecipe, stepOf, withConfig } from './recipe'

const on = (id: TechniqueId): RecipeStep => ({ ...stepFrom(id), enabled: true })
const stepFrom = (id: TechniqueId): RecipeStep => {
  const step = defaultRecipe.steps.find(({ technique }) => technique === id)
  if (step === undefined) throw new Error(id)
  return step
}
const namesOf = (steps: readonly RecipeStep[]): string[] => steps.map(({ technique }) => technique)

/** As it was saved before there were other techniques than these two. */
const twoSteps: unknown = JSON.parse(`{
  "version": 1,
  "seed": 7,
  "steps": [
    {
      "technique": "prune",
      "enabled": true,
      "config": {
        "method": "random", "randomRule": "literal", "target": "sigma", "scope": "perLayer",
        "value": 1.5, "dense": false, "convolution": true, "overrides": { "a/b": { "value": 0.5 } }
      }
    },
    {
      "technique": "quantize",
      "enabled": true,
      "config": {
        "bits": 3, "scheme": "mean", "symmetry": "symmetric", "granularity": "perChannel",
        "biases": true, "normalization": false, "overrides": { "c": { "bits": 8 } }
      }
    }
  ]
}`)

describe('a recipe', () => {
  it('starts with every technique, off, in the order of the catalog', () => {
    expect(namesOf(defaultRecipe.steps)).toEqual(techniqueIds)
    expect(defaultRecipe.steps.some(({ enabled }) => enabled)).toBe(false)
    expect(parseRecipe(JSON.parse(JSON.stringify(defaultRecipe)))).toEqual(defaultRecipe)
  })

  it('of two steps, as they were saved once, opens with what came later switched off', () => {
    const recipe = parseRecipe(twoSteps)
    expect(namesOf(recipe.steps)).toEqual(techniqueIds)
    expect(namesOf(recipe.steps.filter(({ enabled }) => enabled))).toEqual(['prune', 'quantize'])
    expect(recipe.seed).toBe(7)
    expect(stepOf(recipe, 'prune')?.config).toMatchObject({ method: 'random', value: 1.5 })
    expect(stepOf(recipe, 'quantize')?.config).toMatchObject({
      bits: 3,
      scheme: 'mean',
      granularity: 'perChannel',
      biases: 8,
      normalization: 'float',
      overrides: { c: { bits: 8 } },
    })
  })

  it('is completed after the last of the steps that come before in the catalog', () => {
    for (const missing of techniqueIds) {
      const steps = techniqueIds.filter((id) => id !== missing).map(on)
      expect(namesOf(parseRecipe({ ...defaultRecipe, steps }).steps)).toEqual(techniqueIds)
    }
    const turned = [on('quantize'), on('prune')]
    expect(namesOf(parseRecipe({ ...defaultRecipe, steps: turned }).steps).slice(0, 2)).toEqual([
      'quantize',
      'prune',
    ])
    expect(parseRecipe({ ...defaultRecipe, steps: [] })).toEqual(defaultRecipe)
  })

  it('can be read again once it is completed, however many steps it has', () => {
    for (const count of [14, 15, 16]) {
      const steps = Array.from({ length: count }, () => on('prune'))
      const recipe = parseRecipe({ ...defaultRecipe, steps })
      expect(parseRecipe(recipe)).toEqual(recipe)
    }
    const steps = Array.from({ length: 17 }, () => on('prune'))
    expect(() => parseRecipe({ ...defaultRecipe, steps })).toThrow(StudioError)
  })

  it('names the step and the field that are wrong', () => {
    const steps = [
      on('prune'),
      makeStep('quantize', true, { ...catalog.quantize.defaultConfig, bits: 17 }),
    ]
    try {
      parseRecipe({ ...defaultRecipe, steps })
      throw new Error('accepted')
    } catch (error) {
      expect(error).toMatchObject({ params: { field: 'steps.1.config.bits', found: '17' } })
    }
    expect(() =>
      parseRecipe({ ...defaultRecipe, steps: [{ ...on('prune'), technique: 'x' }] }),
    ).toThrow(StudioError)
  })

  it('changes the settings of one technique and leaves the others', () => {
    const changed = withConfig(defaultRecipe, 'quantize', { bits: 3 }, true)
    expect(stepOf(changed, 'quantize')).toEqual(
      makeStep('quantize', true, { ...catalog.quantize.defaultConfig, bits: 3 }),
    )
    expect(stepOf(changed, 'prune')).toBe(stepOf(defaultRecipe, 'prune'))
    expect(isOn(withConfig(changed, 'quantize', { bits: 2 }), 'quantize')).toBe(true)
    expect(isOn(changed, 'prune')).toBe(false)
    expect(isOn(allOff(changed), 'quantize')).toBe(false)
  })
})

describe('a recipe that is refused', () => {
  const long = 'y'.repeat(100_000)
  const quantize = (config: object): unknown => ({
    ...defaultRecipe,
    steps: [
      {
        technique: 'quantize',
        enabled: true,
        config: { ...catalog.quantize.defaultConfig, ...config },
      },
    ],
  })
  it.each<[string, unknown, string]>([
    [
      'a word for a number',
      quantize({ bits: 'four' }),
      'steps.0.config.bits: expected number, found "four".',
    ],
    [
      'a number too large',
      quantize({ bits: 99 }),
      'steps.0.config.bits: expected number to be <=16, found 99.',
    ],
    [
      'a number below zero',
      { ...defaultRecipe, seed: -1 },
      'seed: expected number to be >=0, found -1.',
    ],
    ['a half', { ...defaultRecipe, seed: 0.5 }, 'seed: expected int, found 0.5.'],
    [
      'settings that are none',
      { ...defaultRecipe, steps: [{ technique: 'prune', enabled: true, config: 3 }] },
      'steps.0.config: expected object, found 3.',
    ],
    ['nothing', undefined, 'top level: expected object, found nothing.'],
    [
      'another choice',
      quantize({ scheme: 'log' }),
      'steps.0.config.scheme: expected one of "linear"|"affine"|"mean", found "log".',
    ],
    [
      'none of several kinds',
      quantize({ biases: 7 }),
      'steps.0.config.biases: expected "float"|8|16|boolean, found 7.',
    ],
    [
      'a name that is none',
      { ...defaultRecipe, trained: 'zz' },
      'trained: expected a text of the form /^[0-9a-f]{8,64}$/, found "zz".',
    ],
    [
      'a field too many',
      quantize({ more: [1] }),
      'steps.0.config.more: expected nothing, found [1].',
    ],
    [
      'a value of 100 kB',
      quantize({ scheme: long }),
      `steps.0.config.scheme: expected one of "linear"|"affine"|"mean", found "${'y'.repeat(56)}....`,
    ],
    [
      'a name of 100 kB',
      quantize({ [long]: long }),
      `steps.0.config.${'y'.repeat(57)}...: expected nothing, found "${'y'.repeat(56)}....`,
    ],
    ['a list of 100 kB', [long], `top level: expected object, found ["${'y'.repeat(55)}....`],
  ])('says where, in a short sentence: %s', (_, input, said) => {
    const thrown = caught(() => parseRecipe(input))
    expect(thrown.code).toBe('recipe/invalid')
    expect(sentence(thrown)).toBe(said)
    expectNoEnglish(thrown)
  })
})

function caught(work: () => unknown): StudioError {
  try {
    work()
  } catch (thrown) {
    if (isStudioError(thrown)) return thrown
    throw thrown
  }
  throw new Error('it was not refused')
}
