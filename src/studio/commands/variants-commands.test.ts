import { expect, it, vi } from 'vitest'
import { sample, setUp } from '../../../testing/studio/fake-studio'
import { variantsOriginal } from '../../../testing/studio/variant-rows'
import { StudioError } from '../../core/errors'

it('makes what was chosen, takes what is good, and saves just that', async () => {
  const { commands, engine, remembered, saved, store } = await setUp({})
  await commands.openSample(sample)
  commands.wantVariants(true)
  commands.chooseVariants(['q8', 'q4', 'bnb4', 'q7'])
  expect(remembered.slice(-2)).toEqual([
    { wants: true, chosen: ['fp16', 'q8', 'q4'] },
    { wants: true, chosen: ['q8', 'q4', 'bnb4'] },
  ])
  await commands.makeVariants()
  const { variants } = store.getState()
  expect(variants).toMatchObject({
    ...{ state: 'done', original: variantsOriginal.original, taken: ['q8'], isSaved: false },
    folder: { fileName: 'tiny.zip', bytes: 2, code: 'load(q8)' },
  })
  await commands.takeVariants(['q8', 'q4'])
  expect(store.getState().variants).toMatchObject({ taken: ['q8', 'q4'], folder: { bytes: 5 } })
  commands.saveVariants()
  expect(saved).toEqual(['tiny.zip'])
  expect(store.getState().variants).toMatchObject({ isSaved: true })
  await commands.takeVariants([])
  expect(store.getState().variants).toMatchObject({ taken: [], folder: null })
  expect(engine.calls.filter((name) => name.startsWith('variants'))).toEqual([
    ...['variants q8,q4,bnb4', 'variantsZip q8', 'variantsZip q8,q4'],
  ])
})

it('is cancelled without a word of failure, and says what failed', async () => {
  const until = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(new StudioError('engine/cancelled', {}))
      })
    })
  const { commands, store } = await setUp({
    variants: async function* (_, signal) {
      yield variantsOriginal
      await until(signal)
      return undefined
    },
  })
  await commands.openSample(sample)
  const made = commands.makeVariants()
  await vi.waitFor(() => {
    expect(store.getState().variants).toMatchObject({ original: variantsOriginal.original })
  })
  commands.cancelVariants()
  await made
  expect(store.getState().variants).toEqual({ state: 'idle' })

  const failing = await setUp({
    variants: async function* () {
      yield await Promise.resolve(variantsOriginal)
      throw new StudioError('export/transformers-batch', { batch: 8 })
    },
  })
  await failing.commands.openSample(sample)
  await failing.commands.makeVariants()
  expect(failing.store.getState().variants).toEqual({
    state: 'failed',
    error: { code: 'export/transformers-batch', params: { batch: 8 } },
  })
})
