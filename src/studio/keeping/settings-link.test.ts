import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { readLink, writeLink } from './settings-link'

describe('a link to a sample with settings', () => {
  it('comes back exactly, in an address of a reasonable length', async () => {
    const recipe = recipeWith({
      prune: { value: 0.812, overrides: { 'conv 1/ü': { value: 0.1 } } },
      quantize: { bits: 3, granularity: 'perChannel' },
    })
    const hash = await writeLink({ sampleId: 'lenet-5', recipe })
    expect(hash.length).toBeLessThan(700)
    expect(hash).toMatch(/^#[\w=&-]+$/)
    expect(await readLink(hash)).toEqual({ sampleId: 'lenet-5', recipe })
  })

  it('leaves trained weights out', async () => {
    const trained = { ...defaultRecipe, trained: '0123456789abcdef' }
    const link = await readLink(await writeLink({ sampleId: 'x', recipe: trained }))
    expect(link?.recipe).toEqual(defaultRecipe)
  })

  it.each(['', '#', '#top', '#settings=abc'])('is not what %j is', async (hash) => {
    expect(await readLink(hash)).toBeNull()
  })

  it('may leave the settings out', async () => {
    expect(await readLink('#sample=lenet-5')).toEqual({
      sampleId: 'lenet-5',
      recipe: defaultRecipe,
    })
  })

  it.each(['abc', '!!!', 'eJw', '%00'])('with damaged settings %j is refused', async (code) => {
    await expect(readLink(`#sample=lenet-5&settings=${code}`)).rejects.toMatchObject({
      code: 'recipe/link',
      params: { reason: 'they were cut short or changed' },
    })
  })

  it('with settings out of range is refused with the field', async () => {
    const seed = -1
    const hash = await writeLink({ sampleId: 'x', recipe: { ...defaultRecipe, seed } })
    await expect(readLink(hash)).rejects.toMatchObject({
      code: 'recipe/link',
      params: { reason: 'no setting fits at seed' },
    })
  })
})
