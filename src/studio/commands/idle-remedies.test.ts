import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fakePresence, sample, setUp } from '../../../testing/studio/fake-studio'
import type { Answers } from '../../../testing/studio/fake-answers'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { accuracy } from '../../../testing/studio/test-data'
import { effectKey } from '../store/recipe-slice'
import { dropIn, openRemediesIn, remediesIn } from '../store/remedies-in'
// Loaded with the first model: here before the clock stands still.
import './idle-remedies'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const quiet = () => vi.advanceTimersByTimeAsync(3100)

/** Quiet, as often as it takes until what is loaded meanwhile is there. */
const once = (check: () => void) =>
  vi.waitFor(async () => {
    await quiet()
    check()
  })

/** Settings that lose eight points, and somebody who looks at them. */
async function dropped(change: Partial<Answers> = {}, presence = fakePresence(true)) {
  const studio = await setUp(change, () => 0, presence)
  const { commands, engine, store } = studio
  await commands.openSample(sample)
  commands.useAnyRecipe(recipeWith({ quantize: { bits: 2, range: 'minMax' } }))
  await vi.waitFor(() => {
    expect(store.getState().phase).toBe('idle')
    expect(dropIn(store.getState())?.lost).toBeCloseTo(0.08)
    expect(remediesIn(store.getState()).length).toBeGreaterThan(1)
  })
  const tries = () => engine.calls.filter((call) => call === 'try').length
  return { ...studio, presence, tries }
}

const size = { zipped: 150, reportBytes: 30 }

describe('remedies while nothing else goes on', () => {
  it('are measured by themselves once it is quiet, and leave the settings alone', async () => {
    const { store, tries } = await dropped()
    const { recipe, tab } = store.getState()
    const wanted = remediesIn(store.getState())
    expect(tries()).toBe(0)
    await once(() => {
      expect(openRemediesIn(store.getState())).toHaveLength(0)
    })
    const keys = store.getState().tried.map(({ key }) => key)
    for (const remedy of wanted) expect(keys).toContain(effectKey(remedy.recipe))
    expect(tries()).toBe(wanted.length)
    expect(store.getState()).toMatchObject({ recipe, tab, remedyTrial: null })
    expect(store.getState().sweep.state).toBe('idle')
    await quiet()
    expect(tries()).toBe(wanted.length)
  })

  it('stop at once for whatever is asked of the engine, and go on later', async () => {
    const { commands, store, tries } = await dropped({ try: () => new Promise(() => undefined) })
    await once(() => {
      expect(tries()).toBe(1)
    })
    expect(store.getState().remedyTrial).toMatchObject({ done: 0 })
    const tried = store.getState().tried.length
    void commands.latency(1, new AbortController().signal)
    await vi.waitFor(() => {
      expect(store.getState().remedyTrial).toBeNull()
    })
    expect(store.getState().tried).toHaveLength(tried)
    await once(() => {
      expect(tries()).toBe(2)
    })
    // A thumb that moves is work, too.
    commands.useAnyRecipe(recipeWith({ quantize: { bits: 8 } }))
    await vi.waitFor(() => {
      expect(store.getState().remedyTrial).toBeNull()
    })
  })

  it('wait until somebody looks, and are not tried where nobody wants them', async () => {
    const { presence, store, tries } = await dropped({}, fakePresence(false))
    await quiet()
    expect(tries()).toBe(0)
    store.getState().tryRemedies(false)
    presence.show(true)
    await quiet()
    expect(tries()).toBe(0)
    store.getState().tryRemedies(true)
    await once(() => {
      expect(tries()).toBeGreaterThan(0)
    })
  })

  it('are not tried for a loss that is allowed', async () => {
    const { store, tries } = await dropped()
    store.getState().changeAccuracyLook({ allowedLoss: 20 })
    await quiet()
    expect(tries()).toBe(0)
  })

  it('ask once for what cannot be measured, and tell nobody', async () => {
    let asked = 0
    const { store, tries } = await dropped({
      try: () => {
        asked++
        if (asked === 1) return Promise.reject(new Error('no'))
        return Promise.resolve({ size, measure: accuracy(95) })
      },
    })
    await once(() => {
      expect(openRemediesIn(store.getState())).toHaveLength(1)
    })
    const before = tries()
    await quiet()
    expect(tries()).toBe(before)
    expect(store.getState().problem).toBeNull()
  })
})
