import type { Folders } from './folder-layout'

const YEAR = /^(?:19|20)\d\d$/
const DATE = /^(?:19|20)\d\d[-_. ]?\d\d(?:[-_. ]?\d\d)?$/

/**
 * Whether folders are called after days, months or years: the names of a level, below others or by themselves.
 * @param shared folders in which all pictures lie
 */
export function areDates(names: readonly string[], shared: Folders): boolean {
  if (names.length === 0) return false
  if (names.every((name) => YEAR.test(name) || DATE.test(name))) return true
  return shared.some((name) => YEAR.test(name)) && names.every((name) => /^\d{1,2}$/.test(name))
}
