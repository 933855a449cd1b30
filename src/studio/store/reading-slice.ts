import type { StudioErrorData } from '../../core/errors'
import type { ReadingChoices } from '../../data/reading/reading'
import type { ReadingResult, SmallPicture } from '../../protocol/data-messages'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { Slice } from './slice'

/** How people's own files are understood, open for choices. */
export interface OpenReading {
  /** What the files are called before they have been read. */
  readonly title: string
  /** What the person has chosen instead of a guess. */
  readonly choices: ReadingChoices
  /** The last answer; it stays while newer choices are read. */
  readonly answer: ReadingAnswer | null
  readonly busy: boolean
  /** Of the reading that goes on. */
  readonly progress: OpenProgress | null
  /** Why the choices give no reading, or why what was read was not attached. */
  readonly error: StudioErrorData | null
  /** The first pictures of what was read; absent until they are there, or where it is none. */
  readonly pictures?: readonly SmallPicture[]
  /** The choices under which these files are attached; null: they are not. */
  readonly attachedAs: ReadingChoices | null
}

export interface ReadingAnswer extends ReadingResult {
  /** Those that it is of. */
  readonly choices: ReadingChoices
}

export interface ReadingSlice {
  readonly reading: OpenReading | null
  setReading: (reading: OpenReading | null) => void
  /** Changes the reading that is open. */
  changeReading: (part: Partial<OpenReading>) => void
}

export const readingSlice: Slice<ReadingSlice> = {
  create: (set, get) => ({
    reading: null,
    setReading: (reading) => {
      set({ reading })
    },
    changeReading: (part) => {
      const { reading } = get()
      if (reading !== null) set({ reading: { ...reading, ...part } })
    },
  }),
  // Data that was dropped before its model waits for it; what was attached goes with the old one.
  forModel: ({ reading }) => ({ reading: reading?.attachedAs === null ? reading : null }),
  forData: () => ({}),
}

/** Why it cannot be attached as it stands, or that it is attached so; null where it can. */
export function readingObstacle(
  reading: OpenReading,
): StudioErrorData | 'reading' | 'attached' | null {
  const { answer, attachedAs, busy, choices, error } = reading
  if (error !== null) return error
  if (busy || answer === null) return 'reading'
  const reason = answer.reading.problem ?? answer.misfit
  if (reason !== null) return reason
  return attachedAs !== null && sameChoices(choices, attachedAs) ? 'attached' : null
}

/** Whatever order they were made in. */
function sameChoices(one: ReadingChoices, other: ReadingChoices): boolean {
  const text = (choices: ReadingChoices): string =>
    JSON.stringify(Object.entries(choices).sort(([a], [b]) => (a < b ? -1 : 1)))
  return text(one) === text(other)
}
