import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../core/errors'
import { catalog } from '../../techniques/catalog'
import { defaultRecipe } from '../../techniques/recipe'
import { defaultAnswers } from '../../../testing/studio/fake-answers'
import type { Answers } from '../../../testing/studio/fake-answers'
import { sample, setUp } from '../../../testing/studio/fake-studio'

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

describe('a dead worker', () => {
  it('comes back with the same files, data and settings by itself', async () => {
    const { store, engine, commands } = await opened()
    commands.changeStep(1, fourBits)
    await vi.waitFor(() => {
      expect(store.getState().phase).toBe('idle')
    })
    engine.calls.length = 0
    engine.processes[0]?.die(new StudioError('engine/hung', { task: 'preview', seconds: 10 }))
    expect(store.getState().engine.state).toBe('restarting')
    await vi.waitFor(() => {
      expect(store.getState().banner?.kind).toBe('recovered')
      expect(store.getState().phase).toBe('idle')
      expect(engine.calls).toContain('preview settled')
    })
    expect(engine.calls.slice(0, 3)).toEqual(['start auto', 'open model.json', 'attach mnist'])
    expect(store.getState().recipe.steps[1]).toEqual(fourBits)
    expect(store.getState().problem).toBeNull()
  })

  it('that died of files it was to open says so of them, and has the model before open again', async () => {
    let asked = 0
    const { store, engine, commands } = await opened({
      open: async function* (files, signal) {
        if (++asked === 2) await new Promise(() => undefined)
        return yield* defaultAnswers.open(files, signal)
      },
    })
    const dropped = commands.openFiles(
      [new File(['x'], 'endless.onnx')],
      'endless.onnx',
      defaultRecipe,
    )
    await vi.waitFor(() => {
      expect(asked).toBe(2)
    })
    engine.processes[0]?.die(new StudioError('engine/hung', { task: 'open', seconds: 61 }))
    await dropped
    expect(store.getState().problem?.error).toEqual({
      code: 'open/no-end',
      params: { file: 'endless.onnx', seconds: 61 },
    })
    await vi.waitFor(() => {
      expect(engine.processes.at(-1)?.calls).toContain('open model.json')
    })
  })
})
