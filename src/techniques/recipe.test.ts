import { describe, expect, it } from 'vitest'
import { StudioError } from '../core/errors'
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
