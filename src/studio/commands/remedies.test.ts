import { describe, expect, it, vi } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { remediesIn } from '../store/remedies-in'
import { effectKey } from '../store/recipe-slice'

describe('the remedies for a drop', () => {
  it('are measured once each, in the background, and leave the settings alone', async () => {
    const { commands, engine, store } = await setUp({})
    await commands.openSample(sample)
    const recipe = recipeWith({ quantize: { bits: 2, range: 'minMax' } })
    commands.useAnyRecipe(recipe)
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
      expect(remediesIn(store.getState()).length).toBeGreaterThan(0)
    })
    const remedies = remediesIn(store.getState())
    engine.calls.length = 0
    await commands.startSweep('remedies')
    const keys = store.getState().tried.map(({ key }) => key)
    for (const { recipe: settings } of remedies) expect(keys).toContain(effectKey(settings))
    expect(engine.calls.filter((call) => call === 'try')).toHaveLength(remedies.length)
    expect(store.getState().recipe).toEqual(recipe)
    await commands.startSweep('remedies')
    expect(engine.calls.filter((call) => call === 'try')).toHaveLength(remedies.length)
  })
})
