import { isForbidden } from '../../../files/read-json'
import { stockName } from '../stock-names'

/** Longer names say nothing more, and stand in every node that reads them. */
const LONGEST_NAME = 200

/** Names as graphs of TensorFlow have them, none of them twice. */
export class FileNames {
  private readonly taken = new Set<string>()
  private readonly reached = new Map<string, number>()

  /** As it is where it may be a name and is free, else one that begins like it. */
  next(name: string): string {
    const base = spelled(name)
    let free = base
    for (let copy = this.reached.get(base) ?? 1; this.taken.has(free); copy++) {
      free = `${base}_${copy}`
      this.reached.set(base, copy + 1)
    }
    this.taken.add(free)
    return free
  }
}

function spelled(name: string): string {
  const safe = stockName(name.slice(0, LONGEST_NAME)).slice(0, LONGEST_NAME)
  // Whole numbers as keys would be put into another order.
  return isForbidden(safe) || /^\d+$/.test(safe) ? `x${safe.replaceAll('/', '.')}` : safe
}
