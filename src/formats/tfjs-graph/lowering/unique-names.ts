import { limits } from '../../../files/limits'

/** One for every node that a file may have; one that asks for more is not followed further. */
const MOST_NAMES = limits.tensors

/** Names for what a file leaves nameless, none of them twice. */
export class UniqueNames {
  private readonly taken: Set<string>
  private readonly reached = new Map<string, number>()
  private given = 0

  constructor(taken: Iterable<string>) {
    this.taken = new Set(taken)
  }

  /** How many more may be asked for. */
  get left(): number {
    return MOST_NAMES - this.given
  }

  /** The name itself where it is free, or one that begins with it. */
  next(name: string): string {
    this.given++
    let free = name
    if (this.taken.has(name)) {
      let number = this.reached.get(name) ?? 1
      while (this.taken.has(free)) free = `${name}_${++number}`
      this.reached.set(name, number)
    }
    this.taken.add(free)
    return free
  }
}
