/**
 * Something large that is made when it is read, and known again for as long as somebody has it: nobody holds it for
 * whoever might read it next.
 */
export class MadeWhenRead<Value extends object> {
  private known: WeakRef<Value> | null = null

  constructor(private readonly make: () => Value) {}

  /** What somebody still has of it. */
  get current(): Value | undefined {
    return this.known?.deref()
  }

  get value(): Value {
    const known = this.current
    if (known !== undefined) return known
    const value = this.make()
    this.known = new WeakRef(value)
    return value
  }
}
