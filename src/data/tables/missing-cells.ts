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
