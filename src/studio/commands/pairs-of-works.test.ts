import { describe, expect, it, vi } from 'vitest'
import { begin, going, settled } from '../../../testing/studio/going-works'
import type { GoingStudio } from '../../../testing/studio/going-works'
import { longWorks, pairs, waitsInPlace, wantedWorks } from '../store/long-works'
import type { LongWork, WantedWork } from '../store/long-works'

function want(studio: GoingStudio, wanted: WantedWork) {
  const { asks, start } = begin[wanted]
  const has = (): boolean => studio.engine.calls.some((call) => call.startsWith(asks))
  const work = start(studio).catch(() => undefined)
  const begun = (): Promise<void> =>
    vi.waitFor(() => {
      expect(has()).toBe(true)
    })
  return { begun, has, work }
}

const waitsItself = ({ running, wanted }: (typeof all)[number]): boolean =>
  waitsInPlace(running, wanted)

const all = longWorks.flatMap((running) =>
  wantedWorks.map((wanted) => ({ running, wanted, answer: pairs[running][wanted] })),
)
const answered = (answer: string) => all.filter((pair) => pair.answer === answer)

describe('every pair of long works', () => {
  it('has an answer', () => {
    expect(all).toHaveLength(longWorks.length * wantedWorks.length)
    expect(['together', 'wait', 'ask', 'end'].flatMap(answered)).toHaveLength(all.length)
  })

  it.each(answered('together'))(
    '$running, then $wanted: both go on',
    async ({ running, wanted }) => {
      const studio = await going(running)
      const { begun, has } = want(studio, wanted)
      const { workQuestion, workWaits } = studio.store.getState()
      expect({ workQuestion, workWaits }).toEqual({ workQuestion: null, workWaits: [] })
      await begun()
      // A measurement begins anew, a sweep lets others go first, and files are attached to the model that comes.
      const givesWay = new Set<LongWork>(['measuring', 'answers', 'sweep', 'makeSmall'])
      if (!givesWay.has(running) && `${running} ${wanted}` !== 'reading opening')
        expect(studio.goesOn()).toBe(true)
      expect(studio.store.getState().endedWorks).toBeNull()
      studio.release()
      await studio.run
      await vi.waitFor(() => {
        expect(has()).toBe(true)
      })
    },
  )

  it.each(answered('wait').filter((pair) => !waitsItself(pair)))(
    '$running, then $wanted: waits, says so, and begins afterwards',
    async ({ running, wanted }) => {
      const studio = await going(running)
      const { begun, has } = want(studio, wanted)
      expect(studio.store.getState().workWaits).toMatchObject([{ wanted, on: [running] }])
      await settled()
      expect(has()).toBe(false)
      expect(studio.goesOn()).toBe(true)
      studio.release()
      await begun()
      expect(studio.over.is).toBe(true)
      expect(studio.store.getState().workWaits).toEqual([])
    },
  )

  it.each(answered('wait').filter((pair) => !waitsItself(pair)))(
    '$running, then $wanted: what waits can be left',
    async ({ running, wanted }) => {
      const studio = await going(running)
      const { has, work } = want(studio, wanted)
      const [wait] = studio.store.getState().workWaits
      studio.commands.cancelWait(wait?.id ?? 0)
      await work
      expect(studio.store.getState().workWaits).toEqual([])
      expect(studio.goesOn()).toBe(true)
      const before = studio.engine.calls.length
      studio.release()
      await studio.run
      await settled()
      const later = studio.engine.calls.slice(before)
      // Of what was going on itself, an opening attaches its data and measures.
      if (!['attaching', 'teacher'].includes(wanted))
        expect(has() && later.length === 0).toBe(false)
    },
  )

  it.each(answered('wait').filter(waitsItself))(
    '$running, then $wanted: waits in its own place',
    async ({ running, wanted }) => {
      const studio = await going(running)
      const { begun, has } = want(studio, wanted)
      await vi.waitFor(() => {
        const { makeSmall, sweep } = studio.store.getState()
        const shown = wanted === 'sweep' ? sweep : makeSmall
        expect(shown).toMatchObject({ state: 'running', waits: true })
      })
      expect(has()).toBe(false)
      expect(studio.goesOn()).toBe(true)
      studio.release()
      await begun()
    },
  )

  it.each(answered('ask'))('$running, then $wanted: is asked', async ({ running, wanted }) => {
    const studio = await going(running)
    const kept = want(studio, wanted)
    expect(studio.store.getState().workQuestion).toEqual({ wanted, running: [running] })
    await settled()
    expect(kept.has()).toBe(false)
    studio.commands.answerWorkQuestion(false)
    await kept.work
    expect(studio.store.getState().workQuestion).toBeNull()
    expect(kept.has()).toBe(false)
    expect(studio.goesOn()).toBe(true)

    const ending = want(studio, wanted)
    studio.commands.answerWorkQuestion(true)
    await ending.begun()
    await studio.run
    expect(studio.store.getState().announcement).not.toBe('')
    studio.release()
  })

  it.each(answered('end'))(
    '$running, then $wanted: ends, and is told',
    async ({ running, wanted }) => {
      const studio = await going(running)
      const told: string[] = []
      studio.store.subscribe(({ announcement }) => told.push(announcement))
      const { begun } = want(studio, wanted)
      await begun()
      await studio.run
      expect(told).toContain('spoken.workEnded')
      if (wanted !== running) expect(studio.goesOn()).toBe(false)
      studio.release()
    },
  )
})
