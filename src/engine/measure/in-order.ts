import type { UseOutput } from '../model/forward-runner'

/** Hands on what comes in any order, in the order of the samples. */
export class InOrder {
  private readonly use: UseOutput
  private readonly waiting = new Map<
    number,
    { readonly values: Float32Array; readonly to: number }
  >()
  private next: number
  private last: Promise<void> = Promise.resolve()

  /** @param from the first sample */
  constructor(from: number, use: UseOutput) {
    this.next = from
    this.use = use
  }

  /** @returns resolved once what could be handed on is; rejected where whoever gets it throws */
  put(
    values: Float32Array,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<void> {
    this.waiting.set(from, { values, to })
    this.last = this.last.then(() => this.drain())
    return this.last
  }

  private async drain(): Promise<void> {
    for (let found = this.waiting.get(this.next); found; found = this.waiting.get(this.next)) {
      const { to, values } = found
      const from = this.next
      this.waiting.delete(from)
      this.next = to
      await this.use(values, from, to)
    }
  }
}
