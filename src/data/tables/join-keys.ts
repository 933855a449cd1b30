import { isIdName, isIndexName, labelRank } from './column-names'
import { countersOf } from './row-counters'
import type { RowCounters } from './row-counters'
import type { Table } from './table'
import { textOf } from './table-column'
import type { TableColumn } from './table-column'

const NO_ROW = -1

/** A column of each table that says which rows of both are of the same thing. */
export interface JoinKey {
  readonly samples: TableColumn
  readonly labels: TableColumn
  /** For each row of the samples the first row of its label, -1 for none. */
  readonly rows: Int32Array
  readonly matches: number
  /** How many rows of labels have a key. */
  readonly keyed: number
  /** Further rows of labels with the key of a first one. */
  readonly again: ReadonlyMap<number, readonly number[]>
  /** Where both columns only count the rows: from which number each does. */
  readonly counters: RowCounters | null
}

interface KeyRows {
  readonly first: ReadonlyMap<string, number>
  readonly again: ReadonlyMap<number, readonly number[]>
  readonly keyed: number
  /** Every row has a key of its own. */
  readonly isClean: boolean
}

type Found = Pick<JoinKey, 'rows' | 'matches' | 'again'>

/** Columns by which labels can be told to be those of rows, likelier ones first. */
export function joinKeys(samples: Table, labels: Table): readonly JoinKey[] {
  if (labels.columns.length < 2) return []
  const found = labels.columns.flatMap((label) => {
    const alike = samples.columns.filter((sample) => isSameThing(samples, sample, labels, label))
    if (alike.length === 0) return []
    const whole = keyRows(labels, label, () => '', String)
    return alike.flatMap((sample) => {
      const best = matched(samples, sample, labels, label, whole)
      if (best === null || best.matches === 0) return []
      return [
        {
          samples: sample,
          labels: label,
          ...best,
          keyed: whole.keyed,
          counters: countersOf(samples, sample, labels, label),
        },
      ]
    })
  })
  // What only counts rows says less than what names them.
  const rank = (key: JoinKey): number =>
    key.counters === null && 10 * key.matches >= 9 * Math.min(samples.rows, labels.rows) ? 0 : 1
  return found.sort((a, b) => rank(a) - rank(b) || b.matches - a.matches)
}

/**
 * Whether a key is likely the way to join: most rows of one of the tables have a partner, and it does
 * not put those out of order that are counted in the same order.
 */
export function isLikelyKey(
  { matches, keyed, counters, rows }: JoinKey,
  samples: Table,
  labels: Table,
): boolean {
  if (counters !== null && rows.some((partner, row) => partner !== row)) return false
  return 10 * keyed >= labels.rows && 2 * matches >= Math.min(samples.rows, keyed)
}

/** Which row of the labels each sample has; null where the column is no key. */
function matched(
  samples: Table,
  sample: TableColumn,
  labels: Table,
  label: TableColumn,
  whole: KeyRows,
): Found | null {
  const ways: Found[] = []
  if (isKey(whole, sample, label)) {
    const exact = matchesOf(samples, sample, whole, () => '', String)
    const isWhole = exact.matches === samples.rows
    ways.push((isWhole ? null : foldedMatches(samples, sample, labels, label, exact)) ?? exact)
  }
  // Where files count their rows anew, a number is that of a row of the file's own partner.
  if (!whole.isClean && samples.parts.length > 1 && samples.parts.length === labels.parts.length) {
    const apart = keyRows(labels, label, partsOf(labels), String)
    if (isKey(apart, sample, label))
      ways.unshift(matchesOf(samples, sample, apart, partsOf(samples), String))
  }
  const [first, second] = ways
  if (first === undefined) return null
  const best = second !== undefined && second.matches > first.matches ? second : first
  // The same keys in the same order, one of them blank or doubled.
  if (whole.isClean || !isSameOrder(samples, sample, labels, label)) return best
  return {
    rows: new Int32Array(samples.rows).map((_, row) => row),
    matches: samples.rows,
    again: new Map(),
  }
}

/** Keys as they are without case and spaces; null where that finds no more, or not safely. */
function foldedMatches(
  samples: Table,
  sample: TableColumn,
  labels: Table,
  label: TableColumn,
  exact: Found,
): Found | null {
  const folded = keyRows(labels, label, () => '', foldedKey)
  const loose = matchesOf(samples, sample, folded, () => '', foldedKey)
  if (loose.matches <= exact.matches) return null
  if (2 * exact.matches < Math.min(samples.rows, labels.rows)) return loose
  // Ids that differ in case alone are those of different things, if most are found as they are.
  const isSafe =
    distinct(labels, label, foldedKey) === distinct(labels, label, String) &&
    distinct(samples, sample, foldedKey) === distinct(samples, sample, String)
  return isSafe ? loose : null
}

function keyRows(
  { rows }: Table,
  column: TableColumn,
  partOf: (row: number) => string,
  write: (text: string) => string,
): KeyRows {
  const first = new Map<string, number>()
  const again = new Map<number, number[]>()
  let blanks = 0
  for (let row = 0; row < rows; row++) {
    const text = write(textOf(column, row))
    if (text === '') {
      blanks++
      continue
    }
    const key = partOf(row) + text
    const before = first.get(key)
    if (before === undefined) first.set(key, row)
    else add(again, before, row)
  }
  return { first, again, keyed: rows - blanks, isClean: blanks === 0 && again.size === 0 }
}

function add(lists: Map<number, number[]>, at: number, row: number): void {
  const list = lists.get(at)
  if (list === undefined) lists.set(at, [row])
  else list.push(row)
}

/** Most keys are there once, or the names say that they are ids; what has fractions is measured. */
function isKey(
  { first, keyed, isClean }: KeyRows,
  sample: TableColumn,
  { kind, numbers, name }: TableColumn,
): boolean {
  if (isClean) return true
  const areIds = isIdName(sample.name) && isIdName(name) && labelRank(name) === null
  if (2 * first.size < keyed && !areIds) return false
  return kind === 'text' || numbers.every((value) => Number.isNaN(value) || Number.isInteger(value))
}

function matchesOf(
  samples: Table,
  sample: TableColumn,
  { first, again }: KeyRows,
  partOf: (row: number) => string,
  write: (text: string) => string,
): Found {
  const rows = new Int32Array(samples.rows).map((_, row) => {
    const text = write(textOf(sample, row))
    return text === '' ? NO_ROW : (first.get(partOf(row) + text) ?? NO_ROW)
  })
  return { rows, matches: rows.reduce((sum, row) => sum + (row === NO_ROW ? 0 : 1), 0), again }
}

function distinct({ rows }: Table, column: TableColumn, write: (text: string) => string): number {
  const found = new Set<string>()
  for (let row = 0; row < rows; row++) found.add(write(textOf(column, row)))
  return found.size
}

/** Without what programs change in an id: case, spaces, zeros before and behind. */
function foldedKey(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replace(/\s+/gu, '')
  return plain.replace(/^0*(\d+)(?:\.0+)?$/, '$1')
}

function isSameOrder(
  samples: Table,
  sample: TableColumn,
  labels: Table,
  label: TableColumn,
): boolean {
  if (samples.rows !== labels.rows) return false
  for (let row = 0; row < samples.rows; row++)
    if (textOf(sample, row) !== textOf(label, row)) return false
  return true
}

/** Which file a row is in. */
function partsOf({ parts }: Table): (row: number) => string {
  return (row) => `${parts.findLastIndex(({ rows }) => rows <= row)} `
}

/** Columns of one name, two that number or name the rows, or two of the same texts. */
function isSameThing(
  samples: Table,
  sample: TableColumn,
  labels: Table,
  label: TableColumn,
): boolean {
  const isNamed = samples.facts.hasHeader && labels.facts.hasHeader
  if (isNamed && sample.name.toLowerCase() === label.name.toLowerCase()) return true
  const areIds = [sample, label].every(
    ({ isUnnamed, name }) =>
      isUnnamed || isIndexName(name) || isIdName(name) || name === 'row names',
  )
  return areIds || areSameTexts(samples, sample, labels, label)
}

/** Texts that nearly all differ, and are nearly all in both. */
function areSameTexts(
  samples: Table,
  sample: TableColumn,
  labels: Table,
  label: TableColumn,
): boolean {
  if (sample.kind !== 'text' || label.kind !== 'text') return false
  const least = 0.9 * Math.min(samples.rows, labels.rows)
  if (sample.names.length < 0.9 * samples.rows || label.names.length < 0.9 * labels.rows)
    return false
  const theirs = new Set(label.names.map(foldedKey))
  return sample.names.filter((name) => theirs.has(foldedKey(name))).length >= least
}
