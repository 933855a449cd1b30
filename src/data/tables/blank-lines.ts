/** Lines that are remembered. */
const MOST = 100_000

/** An empty line before a row. */
export interface Gap {
  readonly line: number
  readonly row: number
}

/** Empty lines of a file, each with how many others with something in them come before. */
export class BlankLines {
  private readonly found: { readonly line: number; readonly before: number }[] = []

  add(line: number, before: number): void {
    if (this.found.length < MOST) this.found.push({ line, before })
  }

  /**
   * Those that lie between rows.
   * @param above lines with something in them that come before the first row
   */
  gaps(above: number, rows: number): readonly Gap[] {
    return this.found
      .map(({ line, before }) => ({ line, row: before - above }))
      .filter(({ row }) => row >= 0 && row < rows)
  }
}
