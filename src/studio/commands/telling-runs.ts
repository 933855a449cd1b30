import type { CommandWorld, RunStorage } from './command-world'

/** Keeps runs, and lets the page say whether what the run is of is in this browser. */
export function tellingRuns({ runs, store }: CommandWorld): RunStorage {
  let ended = 0
  const tell = (isKept: boolean): void => {
    store.getState().setRunKept(isKept)
  }
  return {
    loadInterrupted: () => runs.loadInterrupted(),
    dismiss: () => runs.dismiss(),
    keepTrained: (trained) => runs.keepTrained(trained),
    loadTrained: (id) => runs.loadTrained(id),
    whileTraining: (work) => runs.whileTraining(work),
    keepCheckpoint: async (checkpoint) => {
      const before = ended
      await runs.keepCheckpoint(checkpoint)
      // One that came after the end was not written.
      if (ended === before) tell(true)
    },
    takeUp: async () => {
      await runs.takeUp()
      tell(true)
    },
    keepGround: async (ground) => {
      ended++
      await runs.keepGround(ground)
      tell(false)
    },
    forget: async () => {
      ended++
      await runs.forget()
      tell(false)
    },
  }
}
