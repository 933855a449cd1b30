import type { ReadingChoices } from '../reading/reading'
import type { Table } from './table'
import type { TableColumn } from './table-column'

const LABEL_NAMES =
  /^(?:labels?|class(?:es)?|targets?|y|species|category|outcome|quality|diagnosis|标签|类别|种类)$/i
const INDEX_NAMES = /^(?:unnamed: ?\d+(?:_level_\d+)?|index|idx|row ?names|row ?(?:nr|no|number))$/i
const ID_NAMES = /^(?:id|uuid|guid|key|row ?id|序号|编号)$|[ _-]id$/i
/** Columns at an end of the table are labels where they have so few values. */
const MOST_CLASSES = 100

export type LeftOutColumn = 'index' | 'id' | 'empty' | 'text'

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
 * @param features numbers that the model takes, null where nobody knows
 */
export function planColumns(
  table: Table,
  features: number | null,
  choices: ReadingChoices,
): ColumnPlan {
  const { labelColumns: labels, tableLeftOut: leftOut } = choices
  const { columns } = table
  const idle = new Map<TableColumn, Exclude<LeftOutColumn, 'text'>>()
  columns.forEach((column, place) => {
    const reason = labels?.includes(column.name) === true ? null : idleReason(table, column, place)
    if (reason !== null) idle.set(column, reason)
  })
  const without = columns.filter((column) => !idle.has(column))
  const plain = proposal(without, table.rows, features, labels)
  // An index or an id of numbers can be shown to a model.
  const all = columns.filter((column) => {
    const reason = idle.get(column)
    return reason === undefined || (reason !== 'empty' && column.kind === 'number')
  })
  const withIndex = proposal(all, table.rows, features, labels)
  // The model has an input for the index; what is called the label is none then.
  const isNamed =
    plain.labels.length === 0 && withIndex.labels.some((name) => LABEL_NAMES.test(name))
  const isTrainedWith = withIndex.inputs === features && (plain.inputs !== features || isNamed)
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
    proposed: { labels: proposed.labels, leftOut: proposedOut },
  }
}

/** Why a column says nothing of the samples; null where it may. */
function idleReason(
  { rows, facts }: Table,
  column: TableColumn,
  place: number,
): Exclude<LeftOutColumn, 'text'> | null {
  const { kind, name, names, numbers } = column
  if (kind === 'text' && names.length === 1 && names[0] === '') return 'empty'
  if (LABEL_NAMES.test(name) || rows < 2) return null
  const isIndex = column.isUnnamed || INDEX_NAMES.test(name) || (place === 0 && facts.hasRowNames)
  // Without a header only the numbers say it.
  const isCounted = !facts.hasHeader && place === 0 && rows > 4 && isCount(numbers)
  const isId = ID_NAMES.test(name) || /[a-z]I[dD]$/.test(name)
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
  features: number | null,
  chosen: readonly string[] | undefined,
): Proposal {
  const texts = columns.filter((column) => isText(column, rows))
  const numbers = columns.filter((column) => !texts.includes(column))
  const labels = chosen ?? likelyLabels(columns, texts, numbers, rows, features)
  const isLabel = ({ name }: TableColumn): boolean => labels.includes(name)
  const inputs = numbers.filter((column) => !isLabel(column)).length
  return {
    labels,
    // A table of texts alone has nothing else to be shown.
    texts: inputs === 0 ? [] : texts.filter((column) => !isLabel(column)).map(({ name }) => name),
    inputs,
  }
}

/** Texts, and not numbers of which some are damaged. */
function isText({ kind, numeric }: TableColumn, rows: number): boolean {
  return kind === 'text' && numeric < rows / 2
}

/** Those that the model has no inputs for: by their names, texts, one that looks like it, else the last ones. */
function likelyLabels(
  columns: readonly TableColumn[],
  texts: readonly TableColumn[],
  numbers: readonly TableColumn[],
  rows: number,
  features: number | null,
): readonly string[] {
  const surplus = features === null ? 1 : numbers.length - features
  const named = columns.filter(({ name }) => LABEL_NAMES.test(name))
  const namedNumbers = named.filter((column) => numbers.includes(column))
  const few = texts.filter(({ names }) => names.length > 1 && names.length <= Math.max(2, rows / 2))
  const text = few.findLast((column) => named.includes(column)) ?? few.at(-1) ?? texts.at(-1)
  // Every number has its input: only a text can be the label.
  if (surplus === 0 && features !== null) return text === undefined ? [] : [text.name]
  if (named.length === 1 || (named.length > 0 && namedNumbers.length === surplus))
    return named.map(({ name }) => name)
  if (text !== undefined && surplus <= 1) return [text.name]
  if (surplus > 1) return numbers.slice(-surplus).map(({ name }) => name)
  const [first] = numbers
  const last = numbers.at(-1)
  const end = !hasClasses(last, rows) && hasClasses(first, rows) ? first : last
  return end === undefined ? [] : [end.name]
}

/** Whole numbers, few and repeated. */
function hasClasses(column: TableColumn | undefined, rows: number): boolean {
  if (column?.kind !== 'number' || !column.numbers.every(Number.isInteger)) return false
  const different = new Set(column.numbers).size
  return different > 1 && different <= Math.min(MOST_CLASSES, rows / 2)
}
