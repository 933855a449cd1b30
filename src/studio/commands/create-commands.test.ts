import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { catalog } from '../../techniques/catalog'
import { defaultRecipe } from '../../techniques/recipe'
import { deferred } from '../engine-link/deferred'
import { defaultAnswers } from '../../../testing/studio/fake-answers'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { accuracy, modelSummary, sizeReport, weightsEvent } from '../../../testing/studio/test-data'

const fourBits = {
  technique: 'quantize' as const,
  enabled: true,
  config: { ...catalog.quantize.defaultConfig, bits: 4 },
}

async function opened(change: Partial<Answers> = {}) {
  const all = await setUp(change)
  await all.commands.openSample(sample)
  await vi.waitFor(() => {
    expect(all.store.getState().tried).toHaveLength(1)
  })
  all.engine.calls.length = 0
  return all
}

describe('opening', () => {
  it('opens a sample, attaches its data, measures the original, then the settings', async () => {
    const { store, engine, commands } = await setUp()
    await commands.openSample(sample)
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
      expect(store.getState().tried).toHaveLength(1)
    })
    expect(engine.calls[0]).toBe('start auto')
    expect(engine.calls.indexOf('open model.json')).toBeLessThan(
      engine.calls.indexOf('attach mnist'),
    )
    expect(engine.calls.indexOf('original')).toBeLessThan(engine.calls.indexOf('preview settled'))
    expect(store.getState()).toMatchObject({
      model: modelSummary(),
      data: { state: 'attached' },
      originalMeasure: accuracy(98),
      opening: { state: 'idle' },
    })
  })

  it('keeps the open model and its settings when the next one is refused', async () => {
    const { store, engine, commands } = await opened()
    commands.changeStep(1, fourBits)
    engine.answers.open = async function* () {
      yield await Promise.resolve({ phase: 'validating' as const, done: 0, total: 0 })
      throw new StudioError('open/graph-cycle', { file: 'model.json', cycle: 'a, b' })
    }
    await commands.openSample({ ...sample, name: 'Broken' })
    expect(store.getState().model?.name).toBe('tiny')
    expect(store.getState().recipe.steps[1]).toEqual(fourBits)
    expect(store.getState().problem?.error.code).toBe('open/graph-cycle')
    expect(store.getState().opening.state).toBe('idle')
  })

  it('cancels an opening without calling it a problem', async () => {
    const { store, commands } = await setUp({
      open: async function* (_files, signal) {
        yield { phase: 'validating', done: 0, total: 1 }
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
        })
        throw new StudioError('engine/cancelled', {})
      },
    })
    const opening = commands.openSample(sample)
    await vi.waitFor(() => {
      expect(store.getState().opening).toMatchObject({ state: 'opening', progress: { total: 1 } })
    })
    commands.cancelOpening()
    await opening
    expect(store.getState()).toMatchObject({ problem: null, model: null })
    expect(store.getState().opening.state).toBe('idle')
  })

  it('opens without data when the data cannot be loaded, and says so', async () => {
    const { store, commands } = await setUp({
      attach: async function* () {
        yield await Promise.resolve({ phase: 'downloading' as const, done: 0, total: 1 })
        throw new StudioError('data/not-loaded', { dataset: 'mnist', file: 'x', reason: '404' })
      },
    })
    await commands.openSample(sample)
    expect(store.getState().model).not.toBeNull()
    expect(store.getState().data).toMatchObject({
      state: 'failed',
      error: { code: 'data/not-loaded' },
    })
  })
})

describe('closing', () => {
  it('ends an opening on its way: nothing is open, nothing is shown to be opening', async () => {
    let openings = 0
    const { store, engine, commands } = await setUp({
      open: async function* (files, signal) {
        openings++
        if (openings === 1) return yield* defaultAnswers.open(files, signal)
        yield { phase: 'validating', done: 0, total: 1 }
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
        })
        throw new StudioError('engine/cancelled', {})
      },
    })
    await commands.openSample(sample)
    const opening = commands.openFiles([new File(['{}'], 'model.json')], 'next', defaultRecipe)
    await vi.waitFor(() => {
      expect(store.getState().opening).toMatchObject({ state: 'opening', progress: { total: 1 } })
    })
    await commands.closeModel()
    await opening
    expect(store.getState()).toMatchObject({ model: null, problem: null })
    expect(store.getState().opening.state).toBe('idle')
    expect(engine.calls.at(-1)).toBe('close')
  })
})

describe('changing settings', () => {
  it('follows a thumb with at most one preview in flight and ends settled on the newest', async () => {
    const gate = deferred<undefined>()
    const { store, engine, commands } = await opened()
    engine.answers.preview = async function* ({ mode }) {
      yield weightsEvent()
      await gate.promise
      if (mode === 'settled') {
        yield { type: 'size', sizes: sizeReport(), tensors: [], alternatives: [] }
        yield accuracy(91)
      }
      return undefined
    }
    for (let bits = 12; bits > 4; bits--) {
      commands.dragStep(1, { ...fourBits, config: { ...fourBits.config, bits } })
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    commands.changeStep(1, fourBits)
    expect(engine.calls).toEqual(['preview dragging'])
    expect(store.getState().recipe.steps[1]).toEqual(fourBits)
    gate.resolve(undefined)
    await vi.waitFor(() => {
      expect(store.getState().measure?.recipe.steps[1]).toEqual(fourBits)
      expect(store.getState().phase).toBe('idle')
    })
    expect(engine.calls).toEqual(['preview dragging', 'preview settled'])
    expect(store.temporal.getState().pastStates).toHaveLength(1)
  })

  it('takes a threshold from the histogram, and none where nothing is pruned', async () => {
    const { store, commands } = await opened()
    commands.changeThreshold(0.2)
    expect(store.getState().recipe).toEqual(defaultRecipe)
    const [prune] = defaultRecipe.steps
    if (prune?.technique !== 'prune') throw new Error('no step')
    commands.changeStep(0, { ...prune, enabled: true })
    commands.dragThreshold(0.1)
    expect(store.getState().recipe.steps[0]?.config).toMatchObject({
      target: 'threshold',
      value: 0.1,
    })
    commands.changeThreshold(0.2)
    commands.undo()
    expect(store.getState().recipe.steps[0]?.config).toMatchObject(prune.config)
  })

  it('undoes and redoes with new numbers each time', async () => {
    const { store, engine, commands } = await opened()
    commands.changeStep(1, fourBits)
    commands.undo()
    expect(store.getState().recipe).toEqual(defaultRecipe)
    commands.redo()
    expect(store.getState().recipe.steps[1]).toEqual(fourBits)
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
      expect(store.getState().measure?.recipe).toBe(store.getState().recipe)
    })
    expect(engine.calls.every((call) => call === 'preview settled')).toBe(true)
  })

  it('remembers the settings for the next visit', async () => {
    const { commands, remembered } = await opened()
    commands.changeStep(1, fourBits)
    expect(remembered.at(-1)).toMatchObject({ sampleId: 'tiny', modelName: 'tiny' })
  })

  it('refuses a wrong recipe file by its field and changes nothing', async () => {
    const { store, commands } = await opened()
    const wrong = structuredClone(defaultRecipe)
    Reflect.set(wrong.steps[1]?.config ?? {}, 'bits', 99)
    await commands.loadRecipe(new File([JSON.stringify(wrong)], 'r.json'))
    expect(store.getState().recipe).toEqual(defaultRecipe)
    expect(store.getState().problem?.error).toMatchObject({
      code: 'recipe/invalid',
      params: { field: 'steps.1.config.bits', found: '99' },
    })
  })

  it('saves and loads a recipe', async () => {
    const { store, commands, saved } = await opened()
    commands.saveRecipe()
    expect(saved).toEqual(['tiny.recipe.json'])
    const recipe = { ...defaultRecipe, seed: 7 }
    await commands.loadRecipe(new File([JSON.stringify(recipe)], 'r.json'))
    expect(store.getState().committed).toEqual(recipe)
  })

  it('asks for the size of a download that was chosen, and with all figures from then on', async () => {
    const { engine, commands } = await opened()
    commands.chooseTarget({ container: 'tfjs', precision: 'float16' })
    commands.focusLayers(['dense'])
    await vi.waitFor(() => {
      expect(new Set(engine.calls)).toEqual(new Set(['preview settled for float16']))
    })
  })

  it('narrows to a layer without measuring again', async () => {
    const { store, engine, commands } = await opened()
    commands.focusLayers(['dense'])
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
    })
    expect(engine.calls).toEqual(['preview dragging'])
    expect(store.getState().sizes?.value.zippedIsExact).toBe(true)
  })
})

describe('download', () => {
  it('hands out the file and keeps what was measured on it', async () => {
    const { store, commands, saved } = await opened()
    await commands.download()
    expect(saved).toEqual(['tiny.zip'])
    expect(store.getState().exporting).toMatchObject({
      state: 'done',
      report: { zippedBytes: 3, test: { split: 'test' } },
    })
    expect(store.getState().exporting).not.toHaveProperty('report.zip')
    commands.saveAgain()
    expect(saved).toEqual(['tiny.zip', 'tiny.zip'])
  })

  it('leaves the report out where it is to be apart, remembers that, and saves it when asked', async () => {
    const { store, commands, saved, remembered } = await opened()
    commands.saveReport()
    expect(saved).toEqual([])
    commands.placeReport('apart')
    expect(remembered.at(-1)).toBe('apart')
    await commands.download()
    // What the engine was asked for comes back from it.
    expect(store.getState().exporting).toMatchObject({ report: { reportPlace: 'apart' } })
    expect(store.getState().exporting).not.toHaveProperty('report.reportZip')
    expect(saved).toEqual(['tiny.zip'])
    // The report is that of the download, whatever was chosen or set since.
    commands.placeReport('inside')
    commands.saveReport()
    expect(saved).toEqual(['tiny.zip', 'tiny-report.zip'])
  })

  it('cancels and goes back to where it was', async () => {
    const { store, commands, saved } = await opened({
      export: async function* (_request, signal) {
        yield { phase: 'encoding', done: 0, total: 9 }
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve)
        })
        throw new StudioError('engine/cancelled', {})
      },
    })
    const download = commands.download()
    await vi.waitFor(() => {
      expect(store.getState().exporting).toMatchObject({ progress: { phase: 'encoding' } })
    })
    commands.cancelDownload()
    expect(store.getState().exporting.state).toBe('cancelling')
    await download
    expect(store.getState().exporting.state).toBe('idle')
    expect(saved).toEqual([])
  })

  it('shows a failed check instead of handing out the file', async () => {
    const { store, commands, saved } = await opened({
      export: async function* () {
        yield await Promise.resolve({ phase: 'verifying' as const, done: 0, total: 1 })
        throw new StudioError('export/verify-failed', { tensor: 'dense', reason: 'x' })
      },
    })
    await commands.download()
    expect(store.getState().exporting).toMatchObject({
      state: 'failed',
      error: { code: 'export/verify-failed' },
    })
    expect(saved).toEqual([])
  })
})
