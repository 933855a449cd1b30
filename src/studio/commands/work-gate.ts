import { longWorks, pairs, waitsInPlace } from '../store/long-works'
import type { LongWork, PairAnswer, WantedWork } from '../store/long-works'
import { shownWorks } from '../store/shown-works'
import type { CommandWorld, WorkGate } from './command-world'

/** What waits in its own place has begun. */
function answerOf(work: LongWork, wanted: WantedWork): PairAnswer {
  return waitsInPlace(work, wanted) ? 'together' : pairs[work][wanted]
}

/** @param end asks work to end; it does so soon, and what it was shows that it has */
export function createWorkGate(
  { say, store }: Pick<CommandWorld, 'say' | 'store'>,
  end: (work: LongWork) => void,
): WorkGate {
  const inFlight = new Map<symbol, LongWork>()
  const watchers = new Set<() => void>()
  const waits = new Map<number, { readonly wanted: WantedWork; readonly leave: () => void }>()
  let lastWait = 0
  let decide: ((ends: boolean) => void) | null = null

  store.subscribe(look)
  function look(): void {
    for (const watcher of watchers) watcher()
  }

  function running(within: readonly LongWork[]): readonly LongWork[] {
    const known = new Set([...inFlight.values(), ...shownWorks(store.getState())])
    // The runs of a case study are a part of it.
    if (known.has('caseStudy')) known.delete('training')
    return longWorks.filter((work) => known.has(work) && !within.includes(work))
  }

  function against(wanted: WantedWork, answer: PairAnswer, within: readonly LongWork[]) {
    return running(within).filter((work) => answerOf(work, wanted) === answer)
  }

  /** The newest question stands; the one before it is answered: nothing ends. */
  function ask(wanted: WantedWork, works: readonly LongWork[]): Promise<boolean> {
    answer(false)
    store.getState().setWorkQuestion({ wanted, running: works })
    return new Promise((resolve) => {
      decide = resolve
    })
  }

  function answer(ends: boolean): void {
    const answered = decide
    decide = null
    if (answered === null) return
    store.getState().setWorkQuestion(null)
    answered(ends)
  }

  function showWaits(id: number, on: readonly LongWork[] | null): void {
    const { setWorkWaits, workWaits } = store.getState()
    const others = workWaits.filter((wait) => wait.id !== id)
    const wanted = waits.get(id)?.wanted
    setWorkWaits(on === null || wanted === undefined ? others : [...others, { id, wanted, on }])
  }

  /** @returns whether none of the works goes on any more; false: nobody waits for that now */
  function untilOver(
    wanted: WantedWork,
    works: readonly LongWork[],
    within: readonly LongWork[],
  ): Promise<boolean> {
    // Who asks for the same once more has changed their mind about the one that waits.
    for (const wait of waits.values()) if (wait.wanted === wanted) wait.leave()
    const id = ++lastWait
    return new Promise((resolve) => {
      const finish = (isOver: boolean): void => {
        watchers.delete(watch)
        waits.delete(id)
        showWaits(id, null)
        resolve(isOver)
      }
      const watch = (): void => {
        const now = running(within)
        if (!works.some((work) => now.includes(work))) finish(true)
      }
      waits.set(id, {
        wanted,
        leave: () => {
          finish(false)
        },
      })
      showWaits(id, works)
      watchers.add(watch)
      watch()
    })
  }

  function tellEnd(wanted: WantedWork, ended: readonly LongWork[]): void {
    const { announce, setEndedWorks } = store.getState()
    setEndedWorks({ wanted, ended })
    announce(
      ended.map((work) => say('spoken.workEnded', { work: say(`works.names.${work}`) })).join(' '),
    )
  }

  async function makeWay(wanted: WantedWork, within: readonly LongWork[]): Promise<boolean> {
    for (;;) {
      const asked = against(wanted, 'ask', within)
      if (asked.length > 0 && !(await ask(wanted, asked))) return false
      // What a case study is at ends with it; the rest is looked at again then.
      const ending = asked.length > 0 ? asked : against(wanted, 'end', within)
      const going = running(within)
      const ended = ending.filter((work) => going.includes(work))
      if (ended.length > 0) {
        tellEnd(wanted, ended)
        for (const work of ended) end(work)
        // The model is gone, and with it whatever they could still say.
        if (wanted === 'closing') return true
        if (!(await untilOver(wanted, ended, within))) return false
        continue
      }
      const first = against(wanted, 'wait', within)
      if (first.length === 0) {
        if (against(wanted, 'ask', within).length === 0) return true
      } else if (!(await untilOver(wanted, first, within))) return false
    }
  }

  function enter(wanted: WantedWork, within: readonly LongWork[] = []): true | Promise<boolean> {
    const isFree = running(within).every((work) => answerOf(work, wanted) === 'together')
    return isFree ? true : makeWay(wanted, within)
  }

  /** The word about what was ended goes with what it was ended for. */
  function forgetEnded(wanted: WantedWork): void {
    const { endedWorks, setEndedWorks } = store.getState()
    if (endedWorks?.wanted === wanted) setEndedWorks(null)
  }

  return {
    mayBegin: (wanted, within) => {
      const may = enter(wanted, within)
      return may === true
        ? true
        : may.finally(() => {
            forgetEnded(wanted)
          })
    },
    guard:
      (wanted, work, isShort = false) =>
      async (...given) => {
        const may = enter(wanted)
        if (may !== true && !(await may)) return
        const own = Symbol(wanted)
        if (wanted !== 'closing' && !isShort) inFlight.set(own, wanted)
        try {
          await work(...given)
        } finally {
          inFlight.delete(own)
          forgetEnded(wanted)
          look()
        }
      },
    answer,
    cancelWait: (id) => {
      waits.get(id)?.leave()
    },
  }
}
