import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { cutPlan, cutRecord } from '../../../testing/studio/cut-data'
import { modelSummary } from '../../../testing/studio/test-data'

async function opened(change: Partial<Answers> = {}, now = () => 0) {
  let count = 0
  const all = await setUp(
    {
      open: async function* () {
        yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 2 })
        return modelSummary({ id: `model-${++count}` })
      },
      ...change,
    },
    now,
  )
  await all.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(all.store.getState().tried).toHaveLength(1)
  })
  all.engine.calls.length = 0
  return all
}

const told = (calls: readonly string[]): string[] =>
  calls.filter((call) => /^(?:cut|open|attach|teacher)/.test(call))

describe('removing filters', () => {
  it('says what would be left while the slider moves', async () => {
    const { store, commands, engine } = await opened()
    await commands.changeCut({ share: 0.25 })
    await vi.waitFor(() => {
      expect(store.getState().cut).toEqual({ state: 'planned', plan: cutPlan() })
    })
    expect(engine.calls).toContain('plan 0.25')
  })

  it('offers blocks that may be left out, and plans without them', async () => {
    const block = {
      id: 'add',
      kind: 'residual',
      from: 'a',
      to: 'add',
      layers: ['b', 'add'],
      parameters: 5,
      macs: 7,
    } as const
    const { store, commands, engine } = await opened({ blocks: () => [block] })
    await commands.findBlocks()
    expect(store.getState().blocks).toEqual([block])
    await commands.toggleBlock('add')
    await vi.waitFor(() => {
      expect(engine.calls).toContain('plan 0.5 add')
    })
    await commands.toggleBlock('add')
    expect(store.getState().cutBlocks).toEqual([])
    await commands.toggleBlock('add')
    await commands.cutModel()
    expect(engine.calls).toContain('cut 0.5 add')
    expect(store.getState().cutBlocks).toEqual([])
  })

  it('opens the smaller model with the same data and the whole one as its teacher, and goes back', async () => {
    const { store, commands, engine } = await opened()
    await commands.cutModel()
    expect(told(engine.calls)).toEqual([
      'cut 0.5',
      'open model.json',
      'attach mnist',
      'teacher model.json',
    ])
    const { cutFrom, model, trainingSettings, data } = store.getState()
    expect(model?.id).toBe('model-2')
    expect(cutFrom).toMatchObject({ name: 'tiny', parameters: 10 })
    expect(trainingSettings.distillation).not.toBeNull()
    expect(data.state).toBe('attached')
    engine.calls.length = 0
    await commands.undoCut()
    expect(told(engine.calls)).toEqual(['open model.json', 'attach mnist'])
    expect(store.getState().cutFrom).toBeNull()
    expect(store.getState().isSample).toBe(true)
  })

  it('goes on being compared with what was opened: over a second removal, a new engine, and the way back', async () => {
    const { store, commands, engine } = await opened()
    await commands.readOutputsAs('numbers')
    engine.calls.length = 0
    await commands.cutModel()
    // Without its data nothing of the smaller model is worth measuring.
    const first = engine.calls.slice(engine.calls.indexOf('open model.json'))
    expect(first.slice(0, first.indexOf('attach mnist'))).not.toContain('original')
    expect(first).toContain('outputs are numbers')
    await commands.cutModel()
    const [sampleOrigin, once, twice] = engine.origins
    expect(sampleOrigin).toBeNull()
    expect(once?.cuts).toEqual([cutRecord()])
    expect(twice?.cuts).toEqual([cutRecord(), cutRecord()])
    expect(twice?.files).toBe(once?.files)
    expect(structuredClone(twice?.cuts)).toEqual(twice?.cuts)
    engine.processes.at(-1)?.die(new StudioError('engine/crashed', { reason: 'test' }))
    await vi.waitFor(() => {
      expect(engine.origins).toHaveLength(4)
      expect(store.getState().engine.state).toBe('ready')
    })
    expect(engine.origins.at(-1)).toEqual(twice)
    await commands.undoCut()
    expect(engine.origins.at(-1)).toEqual(once)
    await commands.undoCut()
    expect(engine.origins.at(-1)).toBeNull()
  })

  it('of a cut model: the way back to it brings its teacher back, but not the wish to learn from it', async () => {
    const { store, commands, engine } = await opened()
    await commands.cutModel()
    await commands.cutModel()
    commands.stopDistillation()
    engine.calls.length = 0
    await commands.undoCut()
    expect(told(engine.calls)).toEqual(['open model.json', 'attach mnist', 'teacher model.json'])
    expect(store.getState().teacher.state).toBe('ready')
    expect(store.getState().trainingSettings.distillation).toBeNull()
  })

  it('twice goes back twice, but not beyond a model that was opened meanwhile', async () => {
    const { store, commands } = await opened()
    await commands.cutModel()
    await commands.cutModel()
    await commands.undoCut()
    expect(store.getState().cutFrom).not.toBeNull()
    await commands.openSample(sample)
    expect(store.getState().cutFrom).toBeNull()
    await commands.cutModel()
    await commands.undoCut()
    expect(store.getState().cutFrom).toBeNull()
  })

  it('tells how far a cut is and how long it takes, and ends where it is cancelled', async () => {
    let now = 0
    const { store, commands, engine } = await opened(
      {
        cut: async function* () {
          yield { phase: 'cutting', done: 0, total: 100 }
          now += 1000
          yield { phase: 'cutting', done: 20, total: 100 }
          await new Promise<never>(() => undefined)
          return { files: [], plan: cutPlan(), record: cutRecord() }
        },
      },
      () => now,
    )
    const cut = commands.cutModel()
    await vi.waitFor(() => {
      expect(store.getState().cutWork).toEqual({
        progress: { phase: 'cutting', done: 20, total: 100 },
        msLeft: 4000,
      })
    })
    expect(store.getState().cut.state).toBe('cutting')
    await commands.cancelCut()
    await cut
    expect(store.getState().cutWork).toBeNull()
    // What it would take is shown again.
    expect(store.getState().cut.state).toBe('planned')
    expect(store.getState()).toMatchObject({ cutFrom: null, model: { id: 'model-1' } })
    expect(engine.calls.filter((call) => call.startsWith('open'))).toHaveLength(0)
  })

  it('can be cancelled while the smaller model is opened, too', async () => {
    let openings = 0
    const { store, commands } = await opened({
      open: async function* () {
        yield await Promise.resolve({ phase: 'building' as const, done: 0, total: 0 })
        // The sample opens; the smaller model takes for ever.
        if (openings++ > 0) await new Promise<never>(() => undefined)
        return modelSummary({ id: 'model-1' })
      },
    })
    const cut = commands.cutModel()
    await vi.waitFor(() => {
      expect(store.getState().cutWork?.progress.phase).toBe('opening')
      expect(store.getState().opening.state).toBe('opening')
    })
    await commands.cancelCut()
    await cut
    expect(store.getState()).toMatchObject({
      cutFrom: null,
      cutWork: null,
      cut: { state: 'planned' },
      opening: { state: 'idle' },
      model: { id: 'model-1' },
    })
  })

  it('leaves everything as it is when there is nothing to cut', async () => {
    const { store, commands } = await opened({
      // oxlint-disable-next-line require-yield -- it fails before it has anything to tell
      cut: async function* () {
        await Promise.resolve()
        throw new StudioError('structure/nothing-to-cut', {})
      },
    })
    await commands.cutModel()
    expect(store.getState().cut).toEqual({
      state: 'failed',
      error: { code: 'structure/nothing-to-cut', params: {} },
    })
    expect(store.getState()).toMatchObject({ cutFrom: null, model: { id: 'model-1' } })
  })
})
