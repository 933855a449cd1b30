import { choiceOf } from '../reading/reading'
import type { ReadingChoices } from '../reading/reading'

/** What becomes of rows that lack a value: they are left out, or their cells are texts like any others. */
export const missingRowChoices = ['leaveOut', 'asText'] as const

/** How other programs write that there is no value. */
const MISSING = /^(?:|n\/?a|#n\/?a|<na>|nan|null|none|nil|\?|-+|–|—)$/i

/** Whether a cell stands for no value. */
export function isMissing(cell: string | undefined): boolean {
  return cell === undefined || MISSING.test(cell.trim())
}

/** Which cells stand for no value, as a person has it. */
export function missingTest(choices: ReadingChoices): (cell: string | undefined) => boolean {
  return choiceOf(choices, 'missingRows', missingRowChoices) === 'asText' ? () => false : isMissing
}

/** What says that there is no value, and may as well be what a class is called. */
export function isNothingName(text: string): boolean {
  return /^(?:none|n\/?a|null|nil)$/i.test(text)
}

/** How labels called None, NA or null are read: as a class, or as rows without a label. */
export const nothingChoices = ['aClass', 'noLabel'] as const
export type NothingChoice = (typeof nothingChoices)[number]
