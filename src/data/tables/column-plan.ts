import type { ReadingChoices } from '../reading/reading'
import { isIdName, isIndexName, labelRank } from './column-names'
import { likelyLabels } from './likely-labels'
import type { TableModel } from './likely-labels'
import type { Table } from './table'
import { isTruth } from './table-column'
import type { TableColumn } from './table-column'

export type LeftOutColumn = 'index' | 'id' | 'empty' | 'text' | 'key' | 'beside'

/** Columns that come from a table of labels. */
export interface JoinedColumns {
  readonly labels: readonly string[]
  /** Those that are no labels. */
  readonly beside: readonly string[]
  /** The column of the samples by which labels were found; null where they stand in the same order. */
  readonly key: string | null
}

/** What the columns of a table are used for; those that are in neither list are shown to the model. */
export interface ColumnPlan {
  readonly labels: readonly string[]
  readonly leftOut: readonly string[]
  /** What was proposed, with the reason. */
  readonly proposed: {
    readonly labels: readonly string[]
    readonly leftOut: readonly { readonly name: string; readonly reason: LeftOutColumn }[]
  }
}

/**
 * Proposes which columns are labels and which say nothing: indices, ids, empty ones, texts.
 * @param model what is known of the one that the table is for
 * @param joined null: all columns are of one table
 */
export function planColumns(
  table: Table,
  model: TableModel,
  choices: ReadingChoices,
  joined: JoinedColumns | null = null,
): ColumnPlan {
  const { features } = model
  const { labelColumns, tableLeftOut: leftOut } = choices
  const labels = labelColumns ?? joined?.labels
  const { columns } = table
  const idle = new Map<TableColumn, Exclude<LeftOutColumn, 'text'>>()
  columns.forEach((column, place) => {
    const isLabel = labels?.includes(column.name) === true
    const reason = isLabel
      ? null
      : (joinedReason(column, joined) ?? idleReason(table, column, place))
    if (reason !== null) idle.set(column, reason)
  })
  const without = columns.filter((column) => !idle.has(column))
  const plain = proposal(without, table.rows, model, labels)
  // An index of numbers can be shown to a model.
  const all = columns.filter((column) => {
    const reason = idle.get(column)
    return reason === undefined || (reason === 'index' && column.kind === 'number')
  })
  const withIndex = proposal(all, table.rows, model, labels)
  // The model has an input for the index; what is called the label is none then.
  const isNamed =
    plain.labels.length === 0 && withIndex.labels.some((name) => labelRank(name) !== null)
  // Where texts are left out, it is rather them that the model was trained with.
  const isTrainedWith =
    withIndex.inputs === features &&
    withIndex.texts.length === 0 &&
    (plain.inputs !== features || isNamed)
  const [used, { texts, ...proposed }] = isTrainedWith ? [all, withIndex] : [without, plain]
  const proposedOut = [
    ...[...idle].flatMap(([column, reason]) =>
      used.includes(column) ? [] : [{ name: column.name, reason }],
    ),
    ...texts.map((name) => ({ name, reason: 'text' as const })),
  ]
  return {
    labels: labels ?? proposed.labels,
    leftOut: (leftOut ?? proposedOut.map(({ name }) => name)).filter(
      (name) => labels?.includes(name) !== true,
    ),
    proposed: { labels: joined?.labels ?? proposed.labels, leftOut: proposedOut },
  }
}

function joinedReason(
  { name }: TableColumn,
  joined: JoinedColumns | null,
): 'key' | 'beside' | null {
  if (joined === null) return null
  if (name === joined.key) return 'key'
  return joined.beside.includes(name) ? 'beside' : null
}

/** Why a column says nothing of the samples; null where it may. */
function idleReason(
  { rows, facts }: Table,
  column: TableColumn,
  place: number,
): Exclude<LeftOutColumn, 'text'> | null {
  const { kind, name, names, numbers, missing } = column
  const isBlank = kind === 'text' && names.length === 1 && names[0] === ''
  if (isBlank || (rows > 0 && missing.length === rows)) return 'empty'
  if (labelRank(name) !== null || rows < 2) return null
  const isIndex = column.isUnnamed || isIndexName(name) || (place === 0 && facts.hasRowNames)
  // Without a header only the numbers say it.
  const isCounted = !facts.hasHeader && place === 0 && rows > 4 && isCount(numbers)
  const isId = isIdName(name)
  if (!isIndex && !isCounted && !isId) return null
  const different = kind === 'text' ? names.length === rows : new Set(numbers).size === rows
  if (!different) return null
  if (isIndex) return kind === 'text' || numbers.every(Number.isInteger) ? 'index' : null
  return isCounted ? 'index' : 'id'
}

function isCount(numbers: Float64Array): boolean {
  const [start] = numbers
  return (start === 0 || start === 1) && numbers.every((value, row) => value === start + row)
}

interface Proposal {
  readonly labels: readonly string[]
  /** Columns of texts that are no labels. */
  readonly texts: readonly string[]
  /** Columns that would be shown to the model. */
  readonly inputs: number
}

function proposal(
  columns: readonly TableColumn[],
  rows: number,
  model: TableModel,
  chosen: readonly string[] | undefined,
): Proposal {
  const texts = columns.filter((column) => isText(column, rows))
  const areTexts = new Set(texts)
  const numbers = columns.filter((column) => !areTexts.has(column))
  const labels =
    chosen ?? likelyLabels({ columns, texts, numbers, rows }, model).map(({ name }) => name)
  const isLabel = ({ name }: TableColumn): boolean => labels.includes(name)
  const inputs = numbers.filter((column) => !isLabel(column)).length
  return {
    labels,
    // A table of texts alone has nothing else to be shown.
    texts: inputs === 0 ? [] : texts.filter((column) => !isLabel(column)).map(({ name }) => name),
    inputs,
  }
}

/** Texts, and neither numbers of which some are damaged nor what is true or false. */
function isText(column: TableColumn, rows: number): boolean {
  const { kind, numeric, missing } = column
  return kind === 'text' && numeric < (rows - missing.length) / 2 && !isTruth(column)
}
