import { describe, expect, it } from 'vitest'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { preparationTrial } from '../../../testing/studio/test-data'

const pets = [new File(['x'], 'pets.csv')]

async function withData(change: Partial<Answers> = {}) {
  const studio = await setUp(change)
  await studio.commands.openSample(sample)
  await studio.commands.openData(pets)
  return studio
}

describe('the search for preparations and orders of classes', () => {
  it('runs by itself once for each data, and again where it is asked for', async () => {
    const { commands, engine, store } = await withData()
    const searches = () => engine.calls.filter((call) => call.startsWith('search')).length
    await commands.searchOnce()
    await commands.searchOnce()
    expect(searches()).toBe(1)
    expect(store.getState().trial).toEqual({ state: 'done', trials: [preparationTrial()] })
    await commands.tryPreparations()
    expect(searches()).toBe(2)
    await commands.openData(pets)
    expect(store.getState().trial).toEqual({ state: 'idle' })
    await commands.searchOnce()
    expect(searches()).toBe(3)
  })

  it('knows the names of the outputs', async () => {
    const { commands, engine } = await withData()
    await commands.addFiles([new File(['Dog\nBird\nCat\n'], 'names.txt')])
    await commands.tryPreparations()
    expect(engine.calls).toContain('search 2,0')
  })

  it('keeps what it has found when it is stopped, and is put away', async () => {
    const { commands, store } = await withData({
      search: async function* () {
        yield preparationTrial()
        await new Promise(() => undefined)
        return undefined
      },
    })
    const search = commands.tryPreparations()
    await expect.poll(() => store.getState().trial.state === 'running').toBe(true)
    await expect
      .poll(() => {
        const { trial } = store.getState()
        return trial.state === 'idle' ? 0 : trial.trials.length
      })
      .toBe(1)
    commands.cancelTrial()
    await search
    expect(store.getState().trial).toMatchObject({ state: 'done', trials: [preparationTrial()] })
    commands.closeTrial()
    expect(store.getState().trial.state).toBe('idle')
  })
})
