import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import { deferred } from '../engine-link/deferred'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { cutRecord } from '../../../testing/studio/cut-data'
import { trainProgress, trainStarted, trainValidation } from '../../../testing/studio/test-data'

async function opened(change: Partial<Answers> = {}) {
  const all = await setUp(change)
  await all.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(all.store.getState().tried).toHaveLength(1)
  })
  all.engine.calls.length = 0
  return all
}

/** A run that tells one epoch and then waits. */
function waiting(): { answers: Partial<Answers>; goOn: () => void } {
  const gate = deferred<undefined>()
  return {
    goOn: () => {
      gate.resolve(undefined)
    },
    answers: {
      train: async function* ({ recipe, resume }) {
        yield await Promise.resolve(trainStarted({ epoch: resume === null ? 0 : 1 }))
        yield trainProgress()
        yield trainValidation(recipe, 1)
        yield { type: 'checkpoint', epoch: 1, step: 10, file: new Blob(['one']) }
        await gate.promise
        const { trained, recipe: named, measure } = trainValidation(recipe, 2)
        return { end: 'finished', epoch: 2, measure, recipe: named, trained }
      },
    },
  }
}

describe('a training run', () => {
  it('ends as a new state of the settings, which undo leaves', async () => {
    const { store, commands, engine } = await opened()
    await commands.startTraining()
    expect(store.getState().training).toMatchObject({ state: 'done', end: 'finished', epoch: 1 })
    expect(store.getState().recipe.trained).toBe('00000001')
    expect(store.getState().tab).toBe('training')
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
    })
    expect(engine.calls).toContain('trained 00000001')
    commands.undo()
    expect(store.getState().recipe).toEqual(defaultRecipe)
    commands.redo()
    expect(store.getState().recipe.trained).toBe('00000001')
    commands.leaveTraining()
    expect(store.getState().recipe).toEqual(defaultRecipe)
  })

  it('collects curves and epochs, and any epoch can be used', async () => {
    const { answers, goOn } = waiting()
    const { store, commands } = await opened(answers)
    const run = commands.startTraining()
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({
        state: 'running',
        run: { epochs: [{ epoch: 1 }], curve: [{ loss: 0.5 }] },
      })
    })
    goOn()
    await run
    expect(store.getState().recipe.trained).toBe('00000002')
    const { training } = store.getState()
    if (training.state !== 'done') throw new Error(training.state)
    const [epoch] = training.run.epochs
    if (epoch === undefined) throw new Error('no epoch')
    await commands.useEpoch(epoch.recipe)
    expect(store.getState().recipe.trained).toBe('00000001')
  })

  it('leaves settings alone that were changed meanwhile, and offers what was trained', async () => {
    const { answers, goOn } = waiting()
    const { store, commands } = await opened(answers)
    const run = commands.startTraining()
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({ run: { epochs: [{ epoch: 1 }] } })
    })
    const changed = { ...defaultRecipe, seed: 7 }
    commands.useRecipe(changed)
    goOn()
    await run
    const made = { ...defaultRecipe, trained: '00000002' }
    expect(store.getState().training).toMatchObject({ state: 'done', epoch: 2, recipe: made })
    expect(store.getState().recipe).toEqual(changed)
    expect(store.getState().announcement).toBe('spoken.trainingEndedApart')
    await commands.useEpoch(made)
    expect(store.getState().recipe).toEqual(made)
    await commands.startTraining()
    expect(store.getState().announcement).toBe('spoken.trainingEnded')
  })

  it('pause, resume and stop reach the engine, cancel leaves everything as it was', async () => {
    const { answers } = waiting()
    const { store, commands, engine } = await opened(answers)
    const before = store.getState().recipe
    const run = commands.startTraining()
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({ run: { epochs: [{ epoch: 1 }] } })
    })
    commands.pauseTraining()
    commands.resumeTraining()
    commands.stopTraining()
    expect(store.getState().training).toMatchObject({ phase: 'stopping' })
    await vi.waitFor(() => {
      expect(engine.calls).toEqual(expect.arrayContaining(['pause', 'resume', 'stop']))
    })
    commands.cancelTraining()
    expect(store.getState().training).toMatchObject({ phase: 'cancelling' })
    await run
    expect(store.getState().training.state).toBe('idle')
    expect(store.getState().recipe).toBe(before)
  })

  it('does not outlive its model', async () => {
    const { answers } = waiting()
    const { store, commands } = await opened(answers)
    const run = commands.startTraining()
    await vi.waitFor(() => {
      expect(store.getState().training).toMatchObject({ run: { epochs: [{ epoch: 1 }] } })
    })
    const closing = commands.closeModel()
    expect(store.getState().workQuestion).toEqual({ wanted: 'closing', running: ['training'] })
    commands.answerWorkQuestion(true)
    await closing
    await run
    expect(store.getState()).toMatchObject({ model: null, training: { state: 'idle' } })
  })

  it('a second one is not started beside it', async () => {
    const { answers, goOn } = waiting()
    const { commands, engine } = await opened(answers)
    const run = commands.startTraining()
    const second = commands.startTraining()
    commands.answerWorkQuestion(false)
    await second
    goOn()
    await run
    expect(engine.calls.filter((call) => call.startsWith('train '))).toEqual(['train new'])
  })

  it('an error is shown where the run was', async () => {
    const { store, commands } = await opened({
      train: async function* () {
        yield await Promise.resolve(trainStarted())
        throw new StudioError('train/no-gradient', { layer: 'odd', reason: 'none' })
      },
    })
    await commands.startTraining()
    expect(store.getState().training).toMatchObject({
      state: 'failed',
      error: { code: 'train/no-gradient', params: { layer: 'odd' } },
    })
  })

  it('weights of a run are told to a new worker', async () => {
    const { store, commands, engine } = await opened()
    await commands.startTraining()
    engine.calls.length = 0
    engine.processes[0]?.die(new StudioError('engine/crashed', { reason: 'test' }))
    await vi.waitFor(() => {
      expect(engine.calls).toContain('preview settled')
    })
    expect(engine.calls.indexOf('trained 00000001')).toBeLessThan(
      engine.calls.indexOf('preview dragging'),
    )
    expect(store.getState().recipe.trained).toBe('00000001')
  })

  it('whose weights cannot be kept says so once, and why', async () => {
    const { store, commands, runs } = await opened()
    runs.keepTrained = () => Promise.reject(new DOMException('', 'QuotaExceededError'))
    await commands.startTraining()
    expect(store.getState().notKept).toMatchObject({ what: 'trained', name: 'tiny' })
    expect(store.getState().notKept?.reason).toContain('storage is full')
    store.getState().dismissNotKept()
    await commands.startTraining()
    expect(store.getState().notKept).toBeNull()
  })

  it('a storage that refuses is told once, and the run goes on', async () => {
    const { store, commands, runs } = await opened()
    runs.keepGround = () => Promise.reject(new Error('quota'))
    await commands.startTraining()
    expect(store.getState().training).toMatchObject({
      state: 'done',
      run: { notes: [{ kind: 'notSaved', reason: 'quota' }] },
    })
  })
})

describe('a run that a closed page has left', () => {
  it('is in this browser from its first checkpoint to its end, and the page knows', async () => {
    const { answers, goOn } = waiting()
    const { commands, store } = await opened(answers)
    const run = commands.startTraining()
    expect(store.getState().isRunKept).toBe(false)
    await vi.waitFor(() => {
      expect(store.getState().isRunKept).toBe(true)
    })
    goOn()
    await run
    expect(store.getState().isRunKept).toBe(false)
  })

  it('is offered, opens its model and data, and goes on from its checkpoint', async () => {
    const { answers } = waiting()
    const first = await opened(answers)
    void first.commands.startTraining()
    await vi.waitFor(async () => {
      expect(await first.runs.loadInterrupted()).not.toBeNull()
    })
    const kept = await first.runs.loadInterrupted()
    const second = await setUp()
    second.runs.loadInterrupted = () => Promise.resolve(kept)
    await second.commands.findInterrupted()
    expect(second.store.getState().interrupted).toEqual({
      modelName: 'tiny',
      epoch: 1,
      epochs: defaultTrainingSettings.epochs,
    })
    await second.commands.resumeInterrupted()
    expect(second.engine.calls).toEqual(
      expect.arrayContaining(['open model.json', 'attach mnist', 'train resumed']),
    )
    expect(second.store.getState()).toMatchObject({
      interrupted: null,
      isSample: true,
      training: { state: 'done' },
    })
  })

  it('of a model without some filters goes on being compared with what was opened', async () => {
    const { answers } = waiting()
    const first = await opened(answers)
    await first.commands.cutModel()
    void first.commands.startTraining()
    await vi.waitFor(async () => {
      expect(await first.runs.loadInterrupted()).not.toBeNull()
    })
    const kept = await first.runs.loadInterrupted()
    const second = await setUp()
    second.runs.loadInterrupted = () => Promise.resolve(kept)
    await second.commands.resumeInterrupted()
    expect(first.engine.origins.at(-1)?.cuts).toEqual([cutRecord()])
    // Both times by the page, and by the run.
    expect(second.engine.origins).toEqual(first.engine.origins.slice(-2))
    const { cutFrom, leftOut, teacher, training } = second.store.getState()
    expect({ cutFrom, leftOut }).toMatchObject({ cutFrom: { name: 'tiny' }, leftOut: null })
    expect([teacher.state, training.state]).toEqual(['ready', 'done'])
    await second.commands.undoCut()
    expect(second.engine.origins.at(-1)).toBeNull()
    expect(second.store.getState().isSample).toBe(true)
  })

  it('is told and not offered where another arithmetic began it', async () => {
    const { commands, runs, store, engine } = await setUp()
    Object.assign(runs, { loadInterrupted: () => Promise.resolve('leftOut') })
    store.getState().tellLeftOut({ points: 2 })
    await commands.findInterrupted()
    await commands.resumeInterrupted()
    expect(store.getState()).toMatchObject({ interrupted: null, leftOut: { points: 2, run: true } })
    expect(engine.calls).not.toContain('train resumed')
    expect(store.getState().model).toBeNull()
  })

  it('can be thrown away', async () => {
    const { commands, runs, store } = await setUp()
    store.getState().setInterrupted({ modelName: 'tiny', epoch: 1, epochs: 3 })
    await commands.dismissInterrupted()
    expect(store.getState().interrupted).toBeNull()
    expect(await runs.loadInterrupted()).toBeNull()
  })

  it('settings that name weights nobody has say so', async () => {
    const { store, commands } = await opened()
    commands.useRecipe({ ...defaultRecipe, trained: 'deadbeef' })
    await vi.waitFor(() => {
      expect(store.getState().problem?.error).toMatchObject({
        code: 'train/no-weights',
        params: { id: 'deadbeef' },
      })
    })
  })
})
