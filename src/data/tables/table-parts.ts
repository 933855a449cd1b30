import { StudioError } from '../../core/errors'

/** A file of a table; its lines and rows are counted on from those of the one before. */
export interface TablePart {
  readonly file: string
  /** Lines and rows before it. */
  readonly lines: number
  readonly rows: number
}

/** The file that a line is in, and which of its lines it is. */
export function placeOf(
  parts: readonly TablePart[],
  line: number,
): { readonly file: string; readonly line: number } {
  const part = parts.findLast(({ lines }) => lines < line) ?? parts[0]
  return { file: part?.file ?? '', line: line - (part?.lines ?? 0) }
}

/** Where a builder is among the files of a table, and how the columns of this one stand. */
export class FilePlace {
  readonly parts: TablePart[] = []
  /** The header of this file; null where it has none of its own. */
  header: readonly string[] | null = null
  /** For each column of the first file the place that it has in this one. */
  private order: readonly number[] | null = null
  /** The first row of a further file is still to come. */
  isAtStart = false
  /** Lines below the last row of the first file, as they are guessed. */
  below = 0

  get first(): string {
    return this.parts[0]?.file ?? ''
  }

  get current(): string {
    return this.parts.at(-1)?.file ?? ''
  }

  begin(file: string, lines: number, rows: number): void {
    this.isAtStart = this.parts.length > 0
    this.parts.push({ file, lines, rows })
    this.header = null
    this.order = null
  }

  ends(below: number): void {
    if (this.parts.length === 1) this.below = below
  }

  at(line: number): { readonly file: string; readonly line: number } {
    return placeOf(this.parts, line)
  }

  /**
   * Whether the first row of a further file is its header.
   * @param header of the first file; null where it has none
   * @throws StudioError 'data/tables-differ' where its columns are others
   */
  startsWith(row: readonly string[], header: readonly string[] | null, width: number): boolean {
    if (!this.isAtStart) return false
    this.isAtStart = false
    const differ = (): StudioError =>
      new StudioError('data/tables-differ', { file: this.first, other: this.current })
    if (header === null) {
      if (row.length !== width) throw differ()
      return false
    }
    const names = row.map((cell) => cell.trim())
    const wanted = header.map((cell) => cell.trim())
    const order = wanted.map((name) => names.indexOf(name))
    const isAlike = names.length === wanted.length
    if (isAlike && names.every((name, at) => name === wanted[at])) {
      this.header = row
      return true
    }
    const isOneToOne = new Set(order).size === order.length && !order.includes(-1)
    if (!isAlike || !isOneToOne || wanted.length !== width) throw differ()
    this.header = row
    this.order = order
    return true
  }

  /** Cells of a row as the columns of the first file stand. */
  inOrder(row: readonly string[]): readonly string[] {
    const { order } = this
    return order === null ? row : order.map((place) => row[place] ?? '')
  }
}
