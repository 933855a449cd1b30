import { compareNames } from '../class-labels'

export interface TableColumn {
  readonly name: string
  /** The header has no name for it. */
  readonly isUnnamed: boolean
  readonly kind: 'number' | 'text'
  /** Of a column of numbers. */
  readonly numbers: Float64Array
  /** Of a column of texts: the different ones, sorted, and which of them each row has. */
  readonly names: readonly string[]
  readonly codes: Int32Array
  /** How many cells are numbers. */
  readonly numeric: number
  /** The first cell that is no number, in a column that seemed to hold numbers or holds texts. */
  readonly notNumber: { readonly line: number; readonly found: string } | null
}

export interface ColumnHead {
  readonly name: string
  readonly isUnnamed: boolean
  readonly isNumber: boolean
}

/** Collects the cells of one column, as numbers or as texts. */
export class ColumnBuilder {
  private readonly head: ColumnHead
  private readonly numbers: number[] = []
  private readonly texts: number[] = []
  private readonly known = new Map<string, number>()
  private numeric = 0
  private notNumber: TableColumn['notNumber'] = null

  constructor(head: ColumnHead) {
    this.head = head
  }

  add(cell: string, value: number, line: number): void {
    if (Number.isNaN(value))
      this.notNumber ??= { line, found: cell.trim() === '' ? 'nothing' : cell.trim() }
    else this.numeric++
    if (this.head.isNumber) {
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
    const { name, isUnnamed, isNumber } = this.head
    return {
      name,
      isUnnamed,
      kind: isNumber ? 'number' : 'text',
      numbers: Float64Array.from(this.numbers),
      names,
      codes: Int32Array.from(this.texts, (code) => order[code] ?? 0),
      numeric: this.numeric,
      notNumber: this.notNumber,
    }
  }
}
