import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../testing/studio/recipe-with'
import { overriddenLayers, overrideOf, withOverrides, withoutOverrides } from './overrides'
import { parseRecipe } from './recipe'

const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 4 } })

describe('exceptions of layers', () => {
  it('are set for several layers at once and leave the others alone', () => {
    const first = withOverrides(recipe, 'quantize', ['a', 'b'], { bits: 8 })
    const changed = withOverrides(first, 'prune', ['b'], { enabled: false })
    expect(parseRecipe(changed)).toEqual(changed)
    const fieldsOf = (layer: string) => [
      overrideOf(changed, 'prune', layer),
      overrideOf(changed, 'quantize', layer),
    ]
    expect(fieldsOf('a')).toEqual([{}, { bits: 8 }])
    expect(fieldsOf('b')).toEqual([{ enabled: false }, { bits: 8 }])
    expect(fieldsOf('c')).toEqual([{}, {}])
    expect([...overriddenLayers(changed)].sort()).toEqual(['a', 'b'])
  })

  it('add up field by field, and are gone with the last one', () => {
    const both = withOverrides(recipe, 'quantize', ['a'], { bits: 8 })
    const more = withOverrides(both, 'quantize', ['a'], { scheme: 'mean' })
    expect(overrideOf(more, 'quantize', 'a')).toEqual({ bits: 8, scheme: 'mean' })
    const less = withOverrides(more, 'quantize', ['a'], { bits: undefined })
    expect(overrideOf(less, 'quantize', 'a')).toEqual({ scheme: 'mean' })
    expect(withOverrides(less, 'quantize', ['a'], { scheme: undefined })).toEqual(recipe)
  })

  it('are taken back for some layers or for all', () => {
    const changed = withOverrides(
      withOverrides(recipe, 'quantize', ['a', 'b'], { bits: 8 }),
      'prune',
      ['a'],
      { value: 0.1 },
    )
    expect([...overriddenLayers(withoutOverrides(changed, ['a']))]).toEqual(['b'])
    expect(withoutOverrides(changed, overriddenLayers(changed))).toEqual(recipe)
  })
})
