import { targetsNow } from '../store/case-slice'
import type { CaseSettings } from '../store/case-slice'
import type { SmallWish } from '../store/make-small-slice'
import type { CommandWorld } from './command-world'

/** What somebody wants of the smallest file, remembered for the next visit. */
export function createWishCommands(world: CommandWorld) {
  const { store } = world
  return {
    changeCase: (part: Partial<CaseSettings>): void => {
      const { caseSettings, setCaseSettings } = store.getState()
      setCaseSettings({ ...caseSettings, ...part })
      if (part.limits !== undefined) world.rememberLimits(part.limits)
    },
    /** A case study is judged by the targets that its purpose has now. */
    judgeCase: (id: number): void => {
      const { casePaths, caseSettings, setCasePaths } = store.getState()
      setCasePaths(
        casePaths.map((path) =>
          path.id === id ? { ...path, limits: targetsNow(path, caseSettings) } : path,
        ),
      )
    },
    changeSmallWish: (part: Partial<SmallWish>): void => {
      const { setSmallWish, smallWish } = store.getState()
      setSmallWish({ ...smallWish, ...part })
      world.rememberWish({ ...smallWish, ...part })
    },
    changeSmallBytes: (bytes: number | null): void => {
      store.getState().setSmallBytes(bytes)
    },
  }
}
