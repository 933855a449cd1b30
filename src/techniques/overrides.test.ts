import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../testing/studio/recipe-with'
import {
  overriddenLayers,
  overrideOf,
  withPruneOverrides,
  withQuantizeOverrides,
  withoutOverrides,
} from './overrides'
import { parseRecipe } from './recipe'

const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 4 } })

describe('exceptions of layers', () => {
  it('are set for several layers at once and leave the others alone', () => {
    const first = withQuantizeOverrides(recipe, ['a', 'b'], { bits: 8 })
    const changed = withPruneOverrides(first, ['b'], { enabled: false })
    expect(parseRecipe(changed)).toEqual(changed)
    expect(overrideOf(changed, 'a')).toEqual({ prune: {}, quantize: { bits: 8 } })
    expect(overrideOf(changed, 'b')).toEqual({ prune: { enabled: false }, quantize: { bits: 8 } })
    expect(overrideOf(changed, 'c')).toEqual({ prune: {}, quantize: {} })
    expect([...overriddenLayers(changed)].sort()).toEqual(['a', 'b'])
  })

  it('add up field by field, and are gone with the last one', () => {
    const both = withQuantizeOverrides(recipe, ['a'], { bits: 8 })
    const more = withQuantizeOverrides(both, ['a'], { scheme: 'mean' })
    expect(overrideOf(more, 'a').quantize).toEqual({ bits: 8, scheme: 'mean' })
    const less = withQuantizeOverrides(more, ['a'], { bits: undefined })
    expect(overrideOf(less, 'a').quantize).toEqual({ scheme: 'mean' })
    expect(withQuantizeOverrides(less, ['a'], { scheme: undefined })).toEqual(recipe)
  })

  it('are taken back for some layers or for all', () => {
    const changed = withPruneOverrides(
      withQuantizeOverrides(recipe, ['a', 'b'], { bits: 8 }),
      ['a'],
      { value: 0.1 },
    )
    expect([...overriddenLayers(withoutOverrides(changed, ['a']))]).toEqual(['b'])
    expect(withoutOverrides(changed, overriddenLayers(changed))).toEqual(recipe)
  })
})
