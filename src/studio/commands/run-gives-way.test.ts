import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { deferred } from '../engine-link/deferred'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { trainStarted, trainValidation } from '../../../testing/studio/test-data'

describe('a run that was ended for another model', () => {
  async function endedFor(open: Partial<Answers>) {
    const gate = deferred<undefined>()
    const all = await setUp({
      train: async function* ({ recipe }) {
        yield await Promise.resolve(trainStarted())
        yield { type: 'checkpoint', epoch: 1, step: 10, file: new Blob(['one']) }
        await gate.promise
        const { trained, recipe: named, measure } = trainValidation(recipe, 2)
        return { end: 'finished', epoch: 2, measure, recipe: named, trained }
      },
    })
    const { commands, engine, store } = all
    await commands.openSample(sample)
    void commands.startTraining()
    await vi.waitFor(async () => {
      expect(await all.runs.loadInterrupted()).not.toBeNull()
    })
    const usual = engine.answers.open
    Object.assign(engine.answers, open)
    const opening = commands.openSample(sample)
    expect(store.getState().workQuestion).toMatchObject({ running: ['training'] })
    commands.answerWorkQuestion(true)
    await opening
    engine.answers.open = usual
    const goOn = (): void => {
      gate.resolve(undefined)
    }
    return { ...all, goOn }
  }

  it('can go on where that model does not open', async () => {
    const { commands, goOn, runs, store } = await endedFor({
      open: () => {
        throw new StudioError('open/nothing', {})
      },
    })
    expect(store.getState()).toMatchObject({
      problem: { error: { code: 'open/nothing' } },
      training: {
        state: 'failed',
        error: { code: 'train/gave-way' },
        goesOnWith: { name: 'mnist' },
      },
    })
    expect(await runs.loadInterrupted()).not.toBeNull()
    goOn()
    await commands.goOnTraining()
    expect(store.getState().training).toMatchObject({ state: 'done', epoch: 2 })
    expect(await runs.loadInterrupted()).toBeNull()
  })

  it('is forgotten where it opens', async () => {
    const { runs, store } = await endedFor({})
    expect(store.getState().training.state).toBe('idle')
    expect(await runs.loadInterrupted()).toBeNull()
  })
})
