/** Disjoint sets of whole numbers (Tarjan 1975, with path halving). */
export class UnionFind {
  private readonly parents: number[] = []

  /** @returns a new element, alone in its set */
  add(): number {
    return this.parents.push(this.parents.length) - 1
  }

  /** The element that stands for the whole set. */
  root(element: number): number {
    let at = element
    for (;;) {
      const parent = this.parents[at] ?? at
      if (parent === at) return at
      const grandparent = this.parents[parent] ?? parent
      this.parents[at] = grandparent
      at = grandparent
    }
  }

  join(left: number, right: number): void {
    const [a, b] = [this.root(left), this.root(right)]
    if (a !== b) this.parents[Math.max(a, b)] = Math.min(a, b)
  }
}
