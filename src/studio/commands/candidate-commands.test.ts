import { describe, expect, it, vi } from 'vitest'
import { candidateFigures } from '../../../testing/studio/candidate-figures'
import { defaultAnswers } from '../../../testing/studio/fake-answers'
import type { Answers } from '../../../testing/studio/fake-answers'
import { setUp } from '../../../testing/studio/fake-studio'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import { deferred } from '../engine-link/deferred'
import { freshnessOf } from '../store/candidates-slice'

const own = () => new File(['{"own":1}'], 'model.json')
const bits = (width: number) => recipeWith({ quantize: { bits: width } })
async function opened(change: Partial<Answers> = {}) {
  const studio = await setUp(change)
  const { commands, store } = studio
  await commands.openFiles([own()], 'tiny', defaultRecipe)
  await vi.waitFor(() => {
    expect(store.getState().phase).toBe('idle')
  })
  const find = (letter: string) =>
    store.getState().candidates.find((one) => one.letter === letter) ?? null
  const measured = (letter: string) =>
    vi.waitFor(() => {
      const found = find(letter)
      if (found === null || freshnessOf(found, store.getState()) !== 'current')
        throw new Error('not measured')
      return found
    })
  return { ...studio, find, measured }
}

describe('settings that are pinned', () => {
  it('are measured one after the other, at most four, each once, and change no control', async () => {
    const gate = deferred<undefined>()
    let going = 0
    let most = 0
    const { commands, engine, find, measured, store } = await opened({
      candidate: async function* () {
        most = Math.max(most, ++going)
        yield { done: 1, total: 2 }
        await gate.promise
        going--
        return candidateFigures()
      },
    })
    for (const width of [2, 2, 3, 4, 5, 6]) await commands.pinCandidate(bits(width))
    expect(store.getState().candidates.map(({ letter }) => letter)).toEqual(['A', 'B', 'C', 'D'])
    await vi.waitFor(() => {
      const { candidates, candidateWork } = store.getState()
      expect(candidates.map(({ key }) => candidateWork[key]?.state)).toEqual([
        ...['measuring', 'waits', 'waits', 'waits'],
      ])
    })
    gate.resolve(undefined)
    await measured('D')
    expect(most).toBe(1)
    expect(find('A')?.result).toMatchObject({
      data: { key: 'synthetic', name: null },
      answers: { samples: 100 },
    })
    expect(store.getState().candidateWork).toEqual({})
    expect(store.getState().recipe).toEqual(defaultRecipe)
    expect(engine.calls.filter((call) => call === 'candidate')).toHaveLength(4)
  })

  it('keep their letter, and one that is free goes to the next', async () => {
    const { commands, find, measured, store } = await opened()
    for (const width of [2, 3]) await commands.pinCandidate(bits(width))
    const first = await measured('A')
    await commands.nameCandidate(first.key, `  ${'small '.repeat(20)}`)
    expect(find('A')?.name).toMatch(/^small .{10,54}$/)
    await commands.unpinCandidate(first.key)
    expect(store.getState().candidates.map(({ letter }) => letter)).toEqual(['B'])
    await commands.pinCandidate(bits(5))
    expect((await measured('A')).recipe).toEqual(bits(5))
  })

  it('come back with the model, and are out of date on other data until they are measured again', async () => {
    const { commands, find, history, measured, store } = await opened()
    await commands.pinCandidate(bits(3))
    const { key } = await measured('A')
    await commands.nameCandidate(key, 'mine')
    await vi.waitFor(() => {
      const [kept] = [...history.stored.values()]
      expect(kept?.candidates).toMatchObject([{ letter: 'A', name: 'mine' }])
    })
    await commands.closeModel()
    expect(store.getState().candidates).toEqual([])
    await commands.openFiles([own()], 'tiny', defaultRecipe)
    expect(await measured('A')).toMatchObject({ name: 'mine', recipe: bits(3) })

    await commands.attachData('mnist')
    const state = () => freshnessOf(find('A') ?? expect.fail(), store.getState())
    expect(state()).toBe('otherData')
    await commands.measureCandidate(key)
    expect((await measured('A')).result?.data.name).toBe('mnist')
    await commands.detachData()
    expect(state()).toBe('otherData')
    await commands.measureCandidates()
    await measured('A')
  })

  it('leave nothing behind where their data goes while they are measured', async () => {
    const gate = deferred<undefined>()
    const { commands, find, store } = await opened({
      candidate: async function* () {
        yield { done: 0, total: 2 }
        await gate.promise
        return candidateFigures()
      },
    })
    await commands.pinCandidate(bits(3))
    await vi.waitFor(() => {
      expect(Object.values(store.getState().candidateWork)).toMatchObject([{ state: 'measuring' }])
    })
    await commands.attachData('mnist')
    gate.resolve(undefined)
    await vi.waitFor(() => {
      expect(store.getState().candidateWork).toEqual({})
    })
    expect(find('A')).toMatchObject({ result: null })
  })

  it('say what went wrong, and can be tried again', async () => {
    let fails = true
    const { commands, measured, store } = await opened({
      candidate: async function* () {
        yield await Promise.resolve({ done: 0, total: 2 })
        if (fails) throw new StudioError('train/no-weights', { id: 'ab' })
        return candidateFigures()
      },
    })
    await commands.pinCandidate(bits(3))
    await vi.waitFor(() => {
      expect(Object.values(store.getState().candidateWork)).toMatchObject([
        { state: 'failed', error: { code: 'train/no-weights' } },
      ])
    })
    fails = false
    await commands.measureCandidates()
    await measured('A')
  })
})

describe('the file of a candidate', () => {
  it('is that of its settings in the form that was chosen, and leaves those of the controls', async () => {
    const asked: unknown[] = []
    const { commands, measured, saved, store } = await opened({
      export: (request, signal) => {
        asked.push([request.recipe, request.target.precision])
        return defaultAnswers.export(request, signal)
      },
    })
    await commands.pinCandidate(bits(3))
    const { key } = await measured('A')
    await commands.downloadCandidate(key, { container: 'tfjs', precision: 'float16' })
    expect(asked).toEqual([[bits(3), 'float16']])
    expect(saved).toHaveLength(1)
    expect(store.getState().recipe).toEqual(defaultRecipe)
    expect(store.getState().exporting).toMatchObject({ state: 'done', recipe: bits(3) })
  })
})
