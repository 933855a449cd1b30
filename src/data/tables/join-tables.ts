import { StudioError } from '../../core/errors'
import { baseName } from '../../files/file-bundle'
import { NAMED } from '../reading/reading'
import type { ReadingChoices } from '../reading/reading'
import { planColumns } from './column-plan'
import type { JoinedColumns } from './column-plan'
import type { JoinKey } from './join-keys'
import type { TableModel } from './likely-labels'
import type { Table } from './table'
import { textOf } from './table-column'
import type { TableColumn } from './table-column'

/** Rows that are shown. */
const SHOWN = 8
const NO_ROW = -1

/** Samples and labels of two tables as one. */
interface JoinedTable {
  readonly table: Table
  readonly columns: JoinedColumns
  /** Rows that have no label, and labels that no row has. */
  readonly unlabelled: number
  /** Rows of which a table of labels says different things. */
  readonly disputed: number
  readonly unused: number
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
  choices: ReadingChoices,
): JoinedTable {
  if (key === null) requireEqualRows(samples, labels)
  const beside = labels.columns.filter((column) => column !== key?.labels)
  const names = namesBeside(samples, labels, beside)
  const proposed = labelsOf({ ...labels, columns: beside }, output)
  const isLabel = (place: number): boolean => proposed.includes(beside[place]?.name ?? '')
  const chosen = choices.labelColumns
  const said = beside.filter(
    (_, place) => isLabel(place) || chosen?.includes(names[place] ?? '') === true,
  )
  const rows = new Int32Array(samples.rows).map((_, row) => row)
  const partners = key === null ? rows : key.rows
  const found = rows.filter((row) => partners[row] !== NO_ROW)
  const disputed = disputedRows(key, said)
  const kept = found.filter((row) => !disputed.has(partners[row] ?? NO_ROW))
  if (kept.length === 0) throw new StudioError('data/is-empty', { file: baseName(labels.file) })
  const theirs = kept.map((row) => partners[row] ?? NO_ROW)
  const own = samples.columns.map((column) => withRows(column, kept))
  const moved = beside.map((column) => movedBy(withRows(column, theirs), samples.lines))
  const named = moved.map((column, place) => ({ ...column, name: names[place] ?? column.name }))
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
    unlabelled: samples.rows - found.length,
    disputed: found.length - kept.length,
    unused: key === null ? 0 : unusedRows(key, labels.rows),
  }
}

/** First rows of labels whose key comes again with another label. */
function disputedRows(key: JoinKey | null, labels: readonly TableColumn[]): ReadonlySet<number> {
  const differs = (row: number, other: number): boolean =>
    labels.some((column) => textOf(column, row) !== textOf(column, other))
  return new Set(
    [...(key?.again ?? [])].flatMap(([row, others]) =>
      others.some((other) => differs(row, other)) ? [row] : [],
    ),
  )
}

/** Rows of labels whose key no sample has. */
function unusedRows({ rows, again }: JoinKey, count: number): number {
  const used = new Set(rows)
  used.delete(NO_ROW)
  return [...used].reduce((left, row) => left - 1 - (again.get(row)?.length ?? 0), count)
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
    longNumbers: new Map(
      column.longNumbers.size === 0
        ? []
        : [...rows].flatMap((row, place): [number, string][] => {
            const text = column.longNumbers.get(row)
            return text === undefined ? [] : [[place, text]]
          }),
    ),
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
