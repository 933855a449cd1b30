import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultDistillation } from '../../training/training-settings'
import { deferred } from '../engine-link/deferred'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { teacherSummary, trainStarted, trainValidation } from '../../../testing/studio/test-data'

const large = new File(['large'], 'large.zip')

async function opened(change: Partial<Answers> = {}) {
  const all = await setUp(change)
  await all.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(all.store.getState().tried).toHaveLength(1)
  })
  all.engine.calls.length = 0
  return all
}

describe('the teacher slot', () => {
  it('holds a dropped model or a built-in one, and settings name it', async () => {
    const { store, commands, engine, remembered } = await opened()
    await commands.openTeacher([large])
    expect(store.getState().teacher).toEqual({ state: 'ready', teacher: teacherSummary() })
    const { id } = teacherSummary()
    expect(store.getState().trainingSettings.distillation).toEqual({
      ...defaultDistillation,
      teacher: id,
    })
    expect(remembered.at(-1)).toBe(store.getState().trainingSettings)
    commands.changeDistillation({ temperature: 8 })
    expect(store.getState().trainingSettings.distillation).toMatchObject({
      teacher: id,
      temperature: 8,
    })
    await commands.openTeacherSample(sample)
    expect(engine.calls).toEqual(['teacher large.zip', 'teacher model.json'])
    commands.stopDistillation()
    expect(store.getState().trainingSettings.distillation).toBeNull()
  })

  it('is opened again with the inputs that a person gives it, and keeps its hint', async () => {
    const { store, commands, engine } = await opened()
    await commands.openTeacher([large])
    const hint = { studentLayer: 'a', teacherLayer: 'b', weight: 1 }
    commands.changeDistillation({ hint })
    const id = 'f'.repeat(64)
    engine.answers.teacher = async function* () {
      yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
      return teacherSummary({ id, inputsBy: 'chosen' })
    }
    await commands.giveTeacher(['right', 'left'])
    expect(engine.calls).toEqual(['teacher large.zip', 'teacher large.zip right left'])
    expect(store.getState().trainingSettings.distillation).toMatchObject({ teacher: id, hint })
    engine.calls.length = 0
    // Its runs have the same, and a guess again once nobody wants anything.
    await commands.startTraining()
    expect(engine.calls).toContain('teacher large.zip right left')
    await commands.giveTeacher(null)
    expect(engine.calls.at(-1)).toBe('teacher large.zip')
  })

  it('has no score on other data than it was opened with', async () => {
    const gate = deferred<undefined>()
    const { store, commands, engine } = await opened()
    await commands.openTeacherSample(sample)
    await commands.detachData()
    const bare = { state: 'ready', teacher: teacherSummary({ measure: null }) }
    expect(store.getState().teacher).toEqual(bare)
    // Data that goes while a teacher is opened: the engine had begun to measure on it.
    await commands.attachData('mnist')
    engine.answers.teacher = async function* () {
      yield { phase: 'running', done: 0, total: 1 }
      await gate.promise
      return teacherSummary()
    }
    const opening = commands.openTeacherSample(sample)
    await vi.waitFor(() => {
      expect(store.getState().teacher).toMatchObject({ progress: { phase: 'running' } })
    })
    await commands.detachData()
    gate.resolve(undefined)
    await opening
    expect(store.getState().teacher).toEqual(bare)
  })

  it('keeps the teacher of before when another one does not fit, and says why', async () => {
    const { store, commands, engine } = await opened()
    await commands.openTeacher([large])
    const params = { what: 'outputs', expected: '10', found: '3' }
    engine.answers.teacher = async function* () {
      yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
      throw new StudioError('train/teacher-mismatch', params)
    }
    await commands.openTeacher([new File(['other'], 'other.zip')])
    expect(store.getState().teacher).toEqual({
      state: 'refused',
      error: { code: 'train/teacher-mismatch', params },
      before: teacherSummary(),
    })
    expect(store.getState().trainingSettings.distillation?.teacher).toBe(teacherSummary().id)
  })

  it('can be cancelled while it opens', async () => {
    const gate = deferred<undefined>()
    const { store, commands } = await opened({
      teacher: async function* () {
        yield { phase: 'reading' as const, done: 0, total: 1 }
        await gate.promise
        return teacherSummary()
      },
    })
    const opening = commands.openTeacher([large])
    await vi.waitFor(() => {
      expect(store.getState().teacher).toMatchObject({ state: 'opening', progress: { done: 0 } })
    })
    commands.cancelTeacher()
    await opening
    expect(store.getState().teacher).toEqual({ state: 'none' })
    expect(store.getState().trainingSettings.distillation).toBeNull()
  })

  it('is emptied with the model that it taught', async () => {
    const { store, commands } = await opened()
    await commands.openTeacher([large])
    await commands.closeModel()
    expect(store.getState().teacher).toEqual({ state: 'none' })
    expect(store.getState().trainingSettings.distillation?.teacher).toBe('original')
  })

  it('comes into the worker of a run, and into the next one where that dies', async () => {
    let runs = 0
    const { commands, engine, store } = await opened({
      train: async function* ({ recipe }) {
        yield await Promise.resolve(trainStarted())
        if (runs++ === 0) throw new StudioError('engine/crashed', { reason: 'gone' })
        const { trained, recipe: named, measure } = trainValidation(recipe, 1)
        return { end: 'finished', epoch: 1, measure, recipe: named, trained }
      },
    })
    await commands.openTeacher([large])
    engine.calls.length = 0
    await commands.startTraining()
    expect(store.getState().training.state).toBe('done')
    expect(engine.calls.filter((call) => /^(?:open|teacher|train )/.test(call))).toEqual([
      'open model.json',
      'teacher large.zip',
      'train new',
      'open model.json',
      'teacher large.zip',
      'train new',
    ])
  })

  it('is saved with a run, for a page that was closed', async () => {
    const gate = deferred<undefined>()
    const { commands, runs } = await opened({
      train: async function* ({ recipe }) {
        yield await Promise.resolve(trainStarted())
        yield { type: 'checkpoint', epoch: 1, step: 10, file: new Blob(['one']) }
        await gate.promise
        const { trained, recipe: named, measure } = trainValidation(recipe, 2)
        return { end: 'finished', epoch: 2, measure, recipe: named, trained }
      },
    })
    await commands.openTeacher([large])
    const run = commands.startTraining()
    await vi.waitFor(async () => {
      expect(await runs.loadInterrupted()).not.toBeNull()
      expect(runs.ground()?.session.teacher).toEqual({ files: [large], inputs: null })
    })
    gate.resolve(undefined)
    await run
  })
})
