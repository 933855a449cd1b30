import { StudioError } from '../../core/errors'
import { baseName } from '../../files/file-bundle'
import { NAMED } from '../reading/reading'
import { isIdName, isIndexName } from './column-names'
import { planColumns } from './column-plan'
import type { JoinedColumns } from './column-plan'
import type { TableModel } from './likely-labels'
import type { Table } from './table'
import type { TableColumn } from './table-column'

/** Rows that are shown. */
const SHOWN = 8
const NO_ROW = -1

/** A column of each table that says which rows of both are of the same thing. */
export interface JoinKey {
  readonly samples: TableColumn
  readonly labels: TableColumn
  /** For each row of the samples the row of its label, -1 for none. */
  readonly rows: Int32Array
  readonly matches: number
}

/** Samples and labels of two tables as one. */
interface JoinedTable {
  readonly table: Table
  readonly columns: JoinedColumns
  /** Rows that have no label, and labels that no row has. */
  readonly unlabelled: number
  readonly unused: number
}

/** Columns by which labels can be told to be those of rows, likelier ones first. */
export function joinKeys(samples: Table, labels: Table): readonly JoinKey[] {
  if (labels.columns.length < 2) return []
  const isPaired = samples.parts.length === labels.parts.length
  const found = labels.columns.flatMap((label) => {
    // Where files count their rows anew, a number is that of a row of the file's own partner.
    const whole = rowsByKey(label, labels.rows, () => '')
    const apart = whole === null && isPaired
    const rowOf = apart ? rowsByKey(label, labels.rows, partsOf(labels)) : whole
    if (rowOf === null) return []
    const partOf = apart ? partsOf(samples) : () => ''
    return samples.columns.flatMap((sample) => {
      if (!isSameThing(samples, sample, labels, label)) return []
      const rows = new Int32Array(samples.rows).map((_, row) => {
        const key = textOf(sample, row)
        return key === '' ? NO_ROW : (rowOf.get(partOf(row) + key) ?? NO_ROW)
      })
      const matches = rows.reduce((sum, row) => sum + (row === NO_ROW ? 0 : 1), 0)
      return matches === 0 ? [] : [{ samples: sample, labels: label, rows, matches }]
    })
  })
  return found.sort((a, b) => b.matches - a.matches)
}

/** Whether a key is likely the way to join: most rows of one of the tables have a partner. */
export function isLikelyKey({ matches }: JoinKey, samples: Table, labels: Table): boolean {
  return 2 * matches >= Math.min(samples.rows, labels.rows)
}

/** The row of each key; null where a row has none, or the same as another. */
function rowsByKey(
  column: TableColumn,
  rows: number,
  partOf: (row: number) => string,
): ReadonlyMap<string, number> | null {
  const found = new Map<string, number>()
  for (let row = 0; row < rows; row++) {
    const text = textOf(column, row)
    const key = partOf(row) + text
    if (text === '' || found.has(key)) return null
    found.set(key, row)
  }
  return found
}

/** Which file a row is in. */
function partsOf({ parts }: Table): (row: number) => string {
  return (row) => `${parts.findLastIndex(({ rows }) => rows <= row)} `
}

function textOf({ kind, numbers, names, codes }: TableColumn, row: number): string {
  if (kind === 'text') return names[codes[row] ?? NO_ROW] ?? ''
  const value = numbers[row] ?? NaN
  return Number.isNaN(value) ? '' : String(value)
}

/** Columns of one name, or two that number or name the rows. */
function isSameThing(
  samples: Table,
  sample: TableColumn,
  labels: Table,
  label: TableColumn,
): boolean {
  const isNamed = samples.facts.hasHeader && labels.facts.hasHeader
  if (isNamed && sample.name.toLowerCase() === label.name.toLowerCase()) return true
  return [sample, label].every(
    ({ isUnnamed, name }) =>
      isUnnamed || isIndexName(name) || isIdName(name) || name === 'row names',
  )
}

/**
 * Puts labels beside the rows that they are of.
 * @param key null: row by row
 * @throws StudioError 'data/counts-differ'
 */
export function joinTables(
  samples: Table,
  labels: Table,
  key: JoinKey | null,
  { output }: Pick<TableModel, 'output'>,
): JoinedTable {
  if (key === null) requireEqualRows(samples, labels)
  const rows = new Int32Array(samples.rows).map((_, row) => row)
  const kept = key === null ? rows : rows.filter((row) => key.rows[row] !== NO_ROW)
  const theirs = key === null ? rows : kept.map((row) => key.rows[row] ?? NO_ROW)
  const own = samples.columns.map((column) => withRows(column, kept))
  const beside = labels.columns.filter((column) => column !== key?.labels)
  const moved = beside.map((column) => movedBy(withRows(column, theirs), samples.lines))
  const names = namesBeside(samples, labels, beside)
  const named = moved.map((column, place) => ({ ...column, name: names[place] ?? column.name }))
  const chosen = labelsOf({ ...labels, columns: beside }, output)
  const isLabel = (place: number): boolean => chosen.includes(beside[place]?.name ?? '')
  const columns = [...own, ...named]
  return {
    table: {
      ...samples,
      rows: kept.length,
      lines: samples.lines + labels.lines,
      parts: [
        ...samples.parts,
        ...labels.parts.map((part) => ({ ...part, lines: part.lines + samples.lines })),
      ],
      columns,
      firstRows: firstRowsOf(samples, kept, named),
    },
    columns: {
      labels: names.filter((_, place) => isLabel(place)),
      beside: names.filter((_, place) => !isLabel(place)),
      key: key?.samples.name ?? null,
    },
    unlabelled: samples.rows - kept.length,
    unused: key === null ? 0 : labels.rows - new Set(theirs).size,
  }
}

/** A table of labels has no inputs: what may be a label is one, else all that says something. */
function labelsOf(labels: Table, output: TableModel['output']): readonly string[] {
  const { proposed } = planColumns(labels, { features: 0, output }, {})
  if (proposed.labels.length > 0) return proposed.labels
  const isIdle = new Set(
    proposed.leftOut.flatMap(({ name, reason }) => (reason === 'text' ? [] : [name])),
  )
  return labels.columns.map(({ name }) => name).filter((name) => !isIdle.has(name))
}

/** What the columns of labels are called beside those of the samples: each another name. */
function namesBeside(
  samples: Table,
  labels: Table,
  beside: readonly TableColumn[],
): readonly string[] {
  const taken = new Set(samples.columns.map(({ name }) => name))
  const title = baseName(labels.file).replace(/\.[a-z]{2,4}$/i, '')
  return beside.map(({ name }) => {
    const isUnnamed = !labels.facts.hasHeader && beside.length === 1
    const wanted = isUnnamed ? title : name
    let unique = wanted
    for (let count = 2; taken.has(unique); count++)
      unique = count === 2 ? `${title}: ${wanted}` : `${title}: ${wanted} (${count})`
    taken.add(unique)
    return unique
  })
}

function firstRowsOf(
  { columns, firstRows }: Table,
  kept: Int32Array,
  labels: readonly TableColumn[],
): readonly (readonly string[])[] {
  return [...kept.subarray(0, SHOWN)].map((row, place) => [
    ...(firstRows[row] ?? columns.map((column) => textOf(column, row))),
    ...labels.map((column) => textOf(column, place)),
  ])
}

/** Some rows of a column, in an order of their own. */
function withRows(column: TableColumn, rows: Int32Array): TableColumn {
  const { kind, numbers, codes, missing } = column
  const lacks = new Set(missing)
  return {
    ...column,
    numbers: kind === 'number' ? Float64Array.from(rows, (row) => numbers[row] ?? NaN) : numbers,
    codes: kind === 'text' ? rows.map((row) => codes[row] ?? NO_ROW) : codes,
    missing: new Int32Array(rows.length)
      .map((_, place) => place)
      .filter((place) => rows[place] === NO_ROW || lacks.has(rows[place] ?? NO_ROW)),
  }
}

/** A table of one column whose empty lines are rows without a value. */
export function withGaps(table: Table): Table {
  const { gaps } = table.facts
  const rows = Int32Array.from({ length: table.rows + gaps.length }, () => NO_ROW)
  let at = 0
  for (let row = 0; row < table.rows; row++) {
    while (gaps[at]?.row === row) at++
    rows[row + at] = row
  }
  const lines = gaps.slice(0, NAMED).map(({ line }) => line)
  return {
    ...table,
    rows: rows.length,
    columns: table.columns.map((column) => ({
      ...withRows(column, rows),
      missingLines: [...column.missingLines, ...lines].sort((a, b) => a - b).slice(0, NAMED),
    })),
  }
}

/** A column whose lines are counted on from those of another table. */
function movedBy(column: TableColumn, lines: number): TableColumn {
  const { missingLines, notNumber } = column
  return {
    ...column,
    missingLines: missingLines.map((line) => line + lines),
    notNumber: notNumber === null ? null : { ...notNumber, line: notNumber.line + lines },
  }
}

/** @throws StudioError 'data/counts-differ', of the first files that differ */
function requireEqualRows(samples: Table, labels: Table): void {
  const isPaired = samples.parts.length === labels.parts.length
  const [theirs, own] = [rowsOfParts(samples, isPaired), rowsOfParts(labels, isPaired)]
  theirs.forEach(({ files, rows }, place) => {
    const other = own[place]
    if (other === undefined || other.rows === rows) return
    throw new StudioError('data/counts-differ', {
      samples: files,
      sampleCount: rows,
      labels: other.files,
      labelCount: other.rows,
    })
  })
}

/** How many rows each file has, or all of them together. */
function rowsOfParts(
  { parts, rows }: Table,
  apart: boolean,
): readonly { readonly files: string; readonly rows: number }[] {
  if (!apart) return [{ files: parts.map(({ file }) => baseName(file)).join(' + '), rows }]
  return parts.map((part, place) => ({
    files: baseName(part.file),
    rows: (parts[place + 1]?.rows ?? rows) - part.rows,
  }))
}
