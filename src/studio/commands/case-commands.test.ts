import { describe, expect, it, vi } from 'vitest'
import { targetsOf } from '../store/case-targets'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { cutRecord } from '../../../testing/studio/cut-data'
import { modelSummary, trainStarted, trainValidation } from '../../../testing/studio/test-data'

/** Each run leaves weights of its own. */
function runs(): Pick<Answers, 'train'> {
  let count = 0
  return {
    train: async function* ({ recipe }) {
      const name = `${++count}`.padStart(16, '0')
      const named = { ...recipe, trained: name }
      yield await Promise.resolve(trainStarted())
      const { trained, ...event } = trainValidation(named, 1)
      const weights = { ...trained, id: name }
      return {
        end: 'finished',
        epoch: 1,
        measure: event.measure,
        recipe: named,
        trained: weights,
      }
    },
  }
}

async function opened(change: Partial<Answers> = {}) {
  let count = 0
  const all = await setUp({
    open: async function* () {
      yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 2 })
      return modelSummary({ id: `model-${++count}` })
    },
    ...runs(),
    ...change,
  })
  await all.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(all.store.getState().tried).toHaveLength(1)
  })
  all.engine.calls.length = 0
  return all
}

const told = (calls: readonly string[]): string[] =>
  calls.filter((call) => /^(?:cut|open|latency|train new)/.test(call))

describe('the case study', () => {
  it('cuts, prunes, quantizes and distils, with the time of a sample before and after', async () => {
    const { store, commands, engine } = await opened()
    await commands.startCase()
    const [path] = store.getState().casePaths
    expect(path?.status).toEqual({ state: 'done' })
    expect(path?.stages.map(({ id }) => id)).toEqual([
      'float',
      'cut',
      'cutRecovered',
      'pruned',
      'pruneRecovered',
      'quantized',
      'quantizeRecovered',
      'distilled',
    ])
    expect(told(engine.calls)).toEqual([
      'latency 1',
      'cut 0.4',
      'open model.json',
      // Each run opens the smaller model in a worker of its own.
      ...Array.from({ length: 4 }, () => ['open model.json', 'train new']).flat(),
      'latency 1',
    ])
    expect(engine.origins.slice(1).map((origin) => origin?.cuts.length)).toEqual([1, 1, 1, 1, 1])
    expect(engine.processes.map(({ terminated }) => terminated)).toEqual([
      false,
      ...Array.from({ length: 4 }, () => true),
    ])
    expect(path?.latency.compressed?.median).toBe(2)
    expect(store.getState().recipe).toEqual(path?.stages.at(-1)?.recipe)
  })

  it('brings every stage back, also across the cut, and starts again from the whole model', async () => {
    const { store, commands, engine } = await opened()
    await commands.startCase()
    expect(store.getState().model?.id).toBe('model-2')
    // What the study has cut is compared with what was opened, and so again after a look at the original.
    const [whole, cut] = engine.origins
    expect(whole).toBeNull()
    expect(cut?.cuts).toEqual([cutRecord()])
    await commands.goToStage(1, 3)
    expect(store.getState()).toMatchObject({ model: { id: 'model-2' } })
    expect(store.getState().recipe.steps[0]?.enabled).toBe(true)
    await commands.goToStage(1, 0)
    expect(store.getState()).toMatchObject({ model: { id: 'model-7' }, cutFrom: null })
    expect(engine.origins.at(-1)).toBeNull()
    expect(store.getState().teacher.state).toBe('none')
    engine.calls.length = 0
    await commands.goToStage(1, 7)
    expect(engine.calls).toContain('teacher model.json')
    expect(store.getState().teacher.state).toBe('ready')
    expect(store.getState()).toMatchObject({ model: { id: 'model-8' } })
    expect(engine.origins.at(-1)).toEqual(cut)
    expect(store.getState().cutFrom).not.toBeNull()
    commands.changeCase({ purpose: 'cloud', order: 'together' })
    await commands.startCase()
    expect(store.getState()).toMatchObject({ model: { id: 'model-9' }, cutFrom: null })
    const { casePaths } = store.getState()
    expect(casePaths.map(({ stages }) => stages.length)).toEqual([8, 2])
    // Judged by what it began with, until somebody wants it judged by what is set now.
    const [first] = casePaths
    if (first === undefined) throw new Error('no study')
    const limits = { ...first.limits, bytes: 0 }
    commands.changeCase({ limits: { [first.settings.purpose]: limits } })
    const verdicts = () => {
      const [now] = store.getState().casePaths
      return now === undefined
        ? []
        : targetsOf(now, 'inside').map(({ limit, passed }) => [limit, passed])
    }
    const before = verdicts()
    expect(targetsOf(first, 'inside').map(({ limit, passed }) => [limit, passed])).toEqual(before)
    commands.judgeCase(first.id)
    expect(verdicts()).not.toEqual(before)
    expect(verdicts()[0]).toEqual([0, false])
  })

  it('belongs to its model: another one takes the paths away, the way back to the whole one does not', async () => {
    const { store, commands } = await opened()
    await commands.startCase()
    await commands.undoCut()
    expect(store.getState().casePaths).toHaveLength(1)
    await commands.openFiles([new File(['{}'], 'model.json')], 'other', defaultRecipe)
    expect(store.getState().casePaths).toEqual([])
  })

  it('keeps its stages when a run fails, and says why', async () => {
    const { store, commands } = await opened({
      // oxlint-disable-next-line require-yield -- it fails before it has anything to tell
      train: async function* () {
        await Promise.resolve()
        throw new StudioError('train/no-labels', { dataset: 'mnist' })
      },
    })
    await commands.startCase()
    const [path] = store.getState().casePaths
    expect(path?.stages.map(({ id }) => id)).toEqual(['float', 'cut'])
    expect(path?.status).toMatchObject({ state: 'failed', error: { code: 'train/no-labels' } })
  })

  it('ends with other data, on which its stages are not comparable, and keeps them', async () => {
    const { store, commands } = await opened()
    const leave = store.subscribe(({ casePaths }) => {
      if (casePaths[0]?.stages.length !== 3) return
      leave()
      // Whatever takes it away: a person is asked first.
      store.getState().changeData({ state: 'none' })
    })
    await commands.startCase()
    const [path] = store.getState().casePaths
    expect(path?.status).toEqual({
      state: 'failed',
      error: { code: 'case/other-data', params: {} },
    })
    expect(path?.stages).toHaveLength(3)
  })

  it('ends when other settings take the place of its own', async () => {
    const { store, commands } = await opened()
    const leave = store.subscribe(({ casePaths, committed }) => {
      // As soon as it turns pruning on, somebody turns it off.
      const [step] = committed.steps
      if (casePaths[0]?.stages.length !== 3 || step?.enabled !== true) return
      leave()
      commands.changeStep(0, { ...step, enabled: false })
    })
    await commands.startCase()
    const [path] = store.getState().casePaths
    expect(path?.status).toMatchObject({ state: 'failed', error: { code: 'case/left' } })
    expect(path?.stages).toHaveLength(3)
  })

  it('goes on in a new worker when the old one dies, while it measures or trains', async () => {
    const { store, commands, engine } = await opened()
    const deaths = new Set(['pruned', 'quantizeRecovered'])
    store.subscribe(({ casePaths }) => {
      const status = casePaths[0]?.status
      if (status?.state !== 'running' || !deaths.delete(status.stage)) return
      const [worker] = engine.processes.slice(-1)
      queueMicrotask(() => worker?.die(new StudioError('engine/crashed', { reason: 'test' })))
    })
    await commands.startCase()
    expect(deaths.size).toBe(0)
    expect(engine.processes.length).toBeGreaterThan(1)
    const [path] = store.getState().casePaths
    expect(path?.status).toEqual({ state: 'done' })
    expect(path?.stages).toHaveLength(8)
  })

  it('is cancelled between and during its stages', async () => {
    const { store, commands } = await opened({
      train: async function* ({ recipe }, signal) {
        yield await Promise.resolve(trainStarted())
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
        })
        const { trained, ...event } = trainValidation(recipe, 1)
        return { end: 'stopped', epoch: 1, measure: event.measure, recipe, trained }
      },
    })
    const study = commands.startCase()
    await vi.waitFor(() => {
      expect(store.getState().training.state).toBe('running')
    })
    await commands.cancelCase()
    await study
    const [path] = store.getState().casePaths
    expect(path?.status).toEqual({ state: 'cancelled' })
    expect(store.getState().training.state).toBe('idle')
  })

  it('is undone: before the first setting stands the cut', async () => {
    const { store, commands } = await opened()
    await commands.cutModel()
    commands.undo()
    await vi.waitFor(() => {
      expect(store.getState().cutFrom).toBeNull()
    })
  })
})
