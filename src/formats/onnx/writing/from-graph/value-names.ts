import type { Wire, WrittenNode } from './onnx-writer'

/** Longer names say nothing more, and stand in every node that reads them. */
const LONGEST_NAME = 200

/** Names of values and nodes of a graph of ONNX, which takes any text. */
export class ValueNames {
  private readonly taken = new Set<string>()
  private readonly reached = new Map<string, number>()
  private readonly given = new Map<WrittenNode, string[]>()

  /** As it is where it is free, else one that begins like it. */
  next(name: string): string {
    const base = name.slice(0, LONGEST_NAME)
    return base === name && !this.taken.has(name) ? this.keep(name) : this.other(base)
  }

  /** As it is, whatever its length. @throws RangeError where it is taken */
  keep(name: string): string {
    if (this.taken.has(name)) throw new RangeError(`${name} is there twice`)
    this.taken.add(name)
    return name
  }

  private other(base: string): string {
    let free = base === '' || this.taken.has(base) ? null : base
    for (let copy = this.reached.get(base) ?? 1; free === null; copy++) {
      const each = `${base}_${copy}`
      if (!this.taken.has(each)) free = each
      this.reached.set(base, copy + 1)
    }
    return this.keep(free)
  }

  has({ node, output }: Wire): boolean {
    return this.given.get(node)?.[output] !== undefined
  }

  give({ node, output }: Wire, name: string): void {
    const names = this.given.get(node) ?? []
    names[output] = name
    this.given.set(node, names)
  }

  /** One of its own where nobody gave it one. */
  of(wire: Wire): string {
    const known = this.given.get(wire.node)?.[wire.output]
    if (known !== undefined) return known
    const name = this.next(`${wire.node.layer}/${wire.node.op}:${wire.output}`)
    this.give(wire, name)
    return name
  }
}
