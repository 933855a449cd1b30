import { NAMED } from '../reading/reading'

/** How many lines there are of a kind, and the first of them. */
export class LineCount {
  readonly first: number[] = []
  count = 0

  add(line: number): void {
    this.count++
    if (this.first.length < NAMED) this.first.push(line)
  }
}
