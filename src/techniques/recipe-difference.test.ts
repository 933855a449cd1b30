import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { catalog, makeStep, metaOf, techniqueIds } from './catalog'
import type { ConfigOf, OverrideOf, RecipeStep, TechniqueId } from './catalog'
import { withOverrides } from './overrides'
import { defaultRecipe, mapSteps, stepOf, withConfig } from './recipe'
import type { Recipe } from './recipe'
import { recipeDifference } from './recipe-difference'

type Others = {
  readonly [Id in TechniqueId]: {
    readonly config: Omit<{ readonly [Field in keyof ConfigOf<Id>]-?: unknown }, 'overrides'>
    readonly override: { readonly [Field in keyof OverrideOf<Id>]-?: unknown }
  }
}

/** Another value of every field that there is; a new field has to be added here. */
const others: Others = {
  prune: {
    config: {
      ...{ method: 'random', randomRule: 'literal', target: 'sigma', scope: 'perLayer' },
      ...{ value: 0.75, dense: false, convolution: false },
    },
    override: { enabled: false, value: 0.75 },
  },
  quantize: {
    config: {
      ...{ bits: 3, scheme: 'mean', symmetry: 'symmetric', granularity: 'perGroup' },
      ...{ groupSize: 64, range: 'percentile', percentile: 99, biases: 8, normalization: 16 },
    },
    override: {
      ...{ enabled: false, bits: 3, scheme: 'mean', symmetry: 'symmetric' },
      ...{ granularity: 'perGroup', groupSize: 64, range: 'percentile', percentile: 99 },
    },
  },
  equalize: { config: {}, override: { enabled: false } },
  'bias-correction': { config: {}, override: { enabled: false } },
}

const allOn: Recipe = {
  ...defaultRecipe,
  steps: defaultRecipe.steps.map((step) => ({ ...step, enabled: true })),
}

function changed(recipe: Recipe, at: number, config: object): Recipe {
  const steps = recipe.steps.map((step, place): RecipeStep =>
    place === at ? ({ ...step, config: { ...step.config, ...config } } as RecipeStep) : step,
  )
  return { ...recipe, steps }
}

const fields = defaultRecipe.steps.flatMap(({ technique }, at) =>
  Object.entries(others[technique].config).map(([field, value]) => ({
    ...{ technique, at, field, value },
  })),
)
const exceptions = defaultRecipe.steps.flatMap(({ technique }, at) =>
  Object.entries(others[technique].override).map(([field, value]) => ({
    ...{ technique, at, field, value },
  })),
)

describe('a difference', () => {
  it.each(techniqueIds)('of %s can be in every field of its settings, each in one aspect', (id) => {
    const { aspects, defaultConfig } = catalog[id]
    const named = Object.values<{ fields: readonly string[] }>(aspects).flatMap((one) => one.fields)
    const all = Object.keys(defaultConfig).filter((field) => field !== 'overrides')
    expect(named.toSorted()).toEqual(all.toSorted())
  })

  it.each(fields)('is seen in $technique.$field, on and off', ({ at, field, value }) => {
    for (const recipe of [allOn, defaultRecipe]) {
      const other = changed(recipe, at, { [field]: value })
      metaOf(other.steps[at]?.technique ?? 'prune').parseConfig(other.steps[at]?.config)
      expect(recipeDifference(recipe, recipe)).toEqual([])
      expect(recipeDifference(recipe, other)).not.toEqual([])
      expect(recipeDifference(other, recipe)).not.toEqual([])
    }
  })

  it.each(exceptions)('is seen in an exception of $technique.$field', ({ at, field, value }) => {
    for (const recipe of [allOn, defaultRecipe]) {
      const other = changed(recipe, at, { overrides: { dense1: { [field]: value } } })
      metaOf(other.steps[at]?.technique ?? 'prune').parseConfig(other.steps[at]?.config)
      expect(recipeDifference(recipe, other)).not.toEqual([])
      expect(recipeDifference(other, recipe)).not.toEqual([])
    }
  })

  it('is nothing where the order of fields alone differs', () => {
    const copy = (value: unknown): unknown =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([name, inner]) => [name, copy(inner)]),
          )
    const steps = allOn.steps.map((step) => copy(step) as RecipeStep)
    expect(recipeDifference(allOn, { ...allOn, steps })).toEqual([])
  })

  it('is there exactly where settings differ, whatever they are', () => {
    const bits = fc.record({ bits: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: [] })
    const one = fc
      .record({
        seed: fc.constantFrom(1, 2),
        on: fc.boolean(),
        bits: fc.integer({ min: 2, max: 4 }),
        layers: fc.dictionary(fc.constantFrom('a', 'b'), bits),
      })
      .map(({ seed, on, bits: width, layers }): Recipe => {
        const recipe = withConfig({ ...allOn, seed }, 'quantize', { bits: width }, on)
        return withConfig(recipe, 'quantize', { overrides: layers })
      })
    fc.assert(
      fc.property(one, one, (from, to) => {
        const isEqual = JSON.stringify(plain(from)) === JSON.stringify(plain(to))
        return isEqual || recipeDifference(from, to).length > 0
      }),
    )
  })
})

/** Without exceptions that say nothing, and in one order. */
function plain(recipe: Recipe): Recipe {
  return mapSteps(recipe, 'quantize', (step) => ({
    ...step,
    config: {
      ...step.config,
      overrides: Object.fromEntries(
        Object.entries(step.config.overrides)
          .filter(([, exception]) => Object.keys(exception).length > 0)
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
    },
  }))
}

const step = (technique: TechniqueId) => ({ technique, turn: null })
const pruned = withConfig(defaultRecipe, 'prune', { value: 0.7 }, true)
const both = withConfig(pruned, 'quantize', { bits: 4, range: 'auto' }, true)

describe('what is told', () => {
  it('is the example: bits of a layer, sparsity, ranges, a step that came', () => {
    const to = withConfig(
      withConfig(withOverrides(both, 'quantize', ['dense1', 'dense2'], { bits: 3 }), 'prune', {
        value: 0.8,
      }),
      'bias-correction',
      {},
      true,
    )
    const bits = (value: number) => ({ form: 'bits', facts: { bits: value } })
    const share = (percent: number) => ({ form: 'sparsity', facts: { value: { percent } } })
    expect(recipeDifference(both, to)).toEqual([
      {
        kind: 'aspect',
        step: step('prune'),
        aspect: 'amount',
        ...{ from: share(0.7), to: share(0.8), layers: [] },
      },
      {
        kind: 'aspect',
        step: step('quantize'),
        aspect: 'bits',
        ...{ from: bits(4), to: bits(3), layers: ['dense1', 'dense2'] },
      },
      // Left to the studio, which takes other ranges for three bits.
      {
        kind: 'aspect',
        step: step('quantize'),
        aspect: 'ranges',
        from: { form: 'minMax', facts: {} },
        to: { form: 'mse', facts: {} },
        layers: ['dense1', 'dense2'],
      },
      { kind: 'added', step: step('bias-correction'), set: stepOf(to, 'bias-correction') },
    ])
  })

  it('is no layer that goes the way of the model', () => {
    const from = withOverrides(both, 'quantize', ['dense1', 'dense2'], { bits: 4 })
    const to = withOverrides(withConfig(both, 'quantize', { bits: 8 }), 'quantize', ['dense2'], {
      bits: 2,
    })
    const told = recipeDifference(from, to).filter(({ kind }) => kind === 'aspect')
    expect(told).toMatchObject([
      { aspect: 'bits', to: { facts: { bits: 8 } }, layers: [] },
      { aspect: 'bits', to: { facts: { bits: 2 } }, layers: ['dense2'] },
      { aspect: 'ranges', to: { form: 'mse' }, layers: ['dense2'] },
    ])
  })

  it('is a layer that is left alone, and not how it would be treated', () => {
    const to = withOverrides(both, 'quantize', ['dense1'], { enabled: false, bits: 2 })
    expect(recipeDifference(both, to)).toEqual([
      { kind: 'own', step: step('quantize'), from: 'follows', to: 'off', layers: ['dense1'] },
    ])
  })

  it('is that a setting has no effect', () => {
    const idle = withConfig(both, 'quantize', { percentile: 99 })
    const unused = { kind: 'unused', step: step('quantize'), layers: [] }
    expect(recipeDifference(both, idle)).toEqual([unused])
    const same = withOverrides(both, 'quantize', ['dense1'], { bits: 4 })
    expect(recipeDifference(both, same)).toEqual([{ ...unused, layers: ['dense1'] }])
    const off = withConfig(pruned, 'quantize', { bits: 2 })
    expect(recipeDifference(pruned, off)).toEqual([unused])
  })

  it('is what is gone, the weights, the seed', () => {
    const id = (digit: string): string => digit.repeat(64)
    expect(recipeDifference(both, pruned)).toMatchObject([{ kind: 'removed' }])
    const trained = { ...both, trained: id('a') }
    expect(recipeDifference(both, trained)).toEqual([{ kind: 'weights', now: 'trained' }])
    expect(recipeDifference(trained, both)).toEqual([{ kind: 'weights', now: 'file' }])
    expect(recipeDifference(trained, { ...both, trained: id('b'), seed: 7 })).toEqual([
      { kind: 'weights', now: 'otherRun' },
      { kind: 'seed', from: 42, to: 7 },
    ])
  })

  it('is the order of steps, those that are off without effect', () => {
    const [first, ...others] = both.steps
    const turned = { ...both, steps: [...others, first] as RecipeStep[] }
    expect(recipeDifference(both, turned)).toEqual([
      {
        kind: 'order',
        from: [step('prune'), step('quantize')],
        to: [step('quantize'), step('prune')],
      },
    ])
    const [, ...idleSteps] = pruned.steps
    const idle = { ...pruned, steps: [pruned.steps[0], ...idleSteps.toReversed()] }
    expect(recipeDifference(pruned, idle as Recipe)).toMatchObject([{ kind: 'unused' }])
  })

  it('says which of several steps of a technique it is', () => {
    const twice = {
      ...both,
      steps: [...both.steps, makeStep('prune', true, metaOf('prune').defaultConfig)],
    }
    const changedLast = changed(twice, both.steps.length, { value: 0.9 })
    expect(recipeDifference(twice, changedLast)).toMatchObject([
      { kind: 'aspect', step: { technique: 'prune', turn: 2 } },
    ])
    expect(recipeDifference(both, twice)).toMatchObject([
      { kind: 'added', step: { technique: 'prune', turn: 2 } },
    ])
  })
})
