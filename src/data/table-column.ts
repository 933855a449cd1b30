import { compareNames } from './image-folder'

export interface TableColumn {
  readonly name: string
  readonly kind: 'number' | 'text'
  /** Of a column of numbers. */
  readonly numbers: Float64Array
  /** Of a column of texts: the different ones, sorted, and which of them each row has. */
  readonly names: readonly string[]
  readonly codes: Int32Array
  /** The first cell that is no number, in a column that seemed to hold numbers or holds texts. */
  readonly notNumber: { readonly line: number; readonly found: string } | null
}

/** Collects the cells of one column, as numbers or as texts. */
export class ColumnBuilder {
  private readonly name: string
  private readonly isNumber: boolean
  private readonly numbers: number[] = []
  private readonly texts: number[] = []
  private readonly known = new Map<string, number>()
  private notNumber: TableColumn['notNumber'] = null

  constructor(name: string, isNumber: boolean) {
    this.name = name
    this.isNumber = isNumber
  }

  add(cell: string, value: number, line: number): void {
    if (Number.isNaN(value))
      this.notNumber ??= { line, found: cell.trim() === '' ? 'nothing' : cell.trim() }
    if (this.isNumber) {
      this.numbers.push(value)
      return
    }
    const text = cell.trim()
    const code = this.known.get(text) ?? this.known.size
    this.known.set(text, code)
    this.texts.push(code)
  }

  finish(): TableColumn {
    const names = [...this.known.keys()].sort(compareNames)
    const place = new Map(names.map((name, index) => [name, index]))
    const order = [...this.known.keys()].map((name) => place.get(name) ?? 0)
    return {
      name: this.name,
      kind: this.isNumber ? 'number' : 'text',
      numbers: Float64Array.from(this.numbers),
      names,
      codes: Int32Array.from(this.texts, (code) => order[code] ?? 0),
      notNumber: this.notNumber,
    }
  }
}
