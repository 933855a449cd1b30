import type { OutputForm } from '../task'
import { namedLabels } from './column-names'
import { isTruth, numbersOf } from './table-column'
import type { TableColumn } from './table-column'

/** Columns at an end of the table are labels where they have so few values. */
const MOST_CLASSES = 100

/** What is known of the model that the table is for. */
export interface TableModel {
  /** Numbers that it takes; null where nobody knows. */
  readonly features: number | null
  readonly output: OutputForm | null
}

/** The columns of a table that may be inputs or labels. */
export interface Candidates {
  readonly rows: number
  readonly columns: readonly TableColumn[]
  /** Those that no model can be shown. */
  readonly texts: readonly TableColumn[]
  /** Numbers, and what is true or false. */
  readonly numbers: readonly TableColumn[]
}

/**
 * The likeliest columns of labels: by their names, else what the model has no inputs for and looks like
 * labels of its outputs. None where nothing does, although columns are left over.
 */
export function likelyLabels(candidates: Candidates, model: TableModel): readonly TableColumn[] {
  const { columns, numbers, texts, rows } = candidates
  const { features, output } = model
  const surplus = features === null ? 1 : numbers.length - features
  const named = namedColumns(columns, numbers, surplus, features !== null)
  const namedNumbers = named.filter((column) => numbers.includes(column))
  if (named.length > 0 && namedNumbers.length === surplus) return named
  const block = surplus > 1 ? labelBlock(numbers, surplus, output) : []
  const isForNamed = namedNumbers.every((column) => block.includes(column))
  if (block.length > 0 && isForNamed) return block
  if (named.length > 0) return named
  const text = likelyText(texts, rows)
  if (surplus < 1) return only(text ?? texts.at(-1))
  if (text !== undefined) return [text]
  if (surplus > 1) return only(onlyClasses(numbers, rows, output))
  const end = classesAtAnEnd(numbers, rows)
  return only(end ?? texts.at(-1) ?? numbers.at(-1))
}

/** Of several columns with such names all where the model has no inputs for them, else the last one. */
function namedColumns(
  columns: readonly TableColumn[],
  numbers: readonly TableColumn[],
  surplus: number,
  isKnown: boolean,
): readonly TableColumn[] {
  const { columns: named, isVague } = namedLabels(columns)
  const areNumbers = named.filter((column) => numbers.includes(column))
  // The model has an input for it: a grade may be one.
  if (isVague && isKnown && surplus < 1 && areNumbers.length === named.length) return []
  return named.length > 1 && areNumbers.length === surplus ? areNumbers : only(named.at(-1))
}

/** Texts of which there are a few. */
function likelyText(texts: readonly TableColumn[], rows: number): TableColumn | undefined {
  return texts.findLast(({ names }) => names.length > 1 && names.length <= Math.max(2, rows / 2))
}

/**
 * One column for each output: rows of a single one for a classifier, wherever they stand; for a model of
 * quantities the last columns.
 */
function labelBlock(
  numbers: readonly TableColumn[],
  width: number,
  output: OutputForm | null,
): readonly TableColumn[] {
  const last = numbers.slice(-width)
  if (output === null) return last
  if (output.columns !== width) return []
  if (output.meaning === 'numbers') return last
  const values = numbers.map((column) => numbersOf(column))
  const isBinary = values.map((cells) => cells?.every((cell) => cell === 0 || cell === 1) === true)
  for (let start = numbers.length - width; start >= 0; start--) {
    const block = values.slice(start, start + width)
    const areBinary = isBinary.slice(start, start + width).every(Boolean)
    if (
      areBinary &&
      (isOneHot(block) || (output.kind === 'sigmoid' && start + width === numbers.length))
    )
      return numbers.slice(start, start + width)
  }
  // Any number can come out of it, and whatever else could be the label is none.
  const arePlain = !numbers.some((column) => hasFewClasses(column, width))
  return output.kind === 'scores' && output.meaning === 'classes' && arePlain ? last : []
}

function isOneHot(block: readonly (Float64Array | null)[]): boolean {
  const rows = block[0]?.length ?? 0
  for (let row = 0; row < rows; row++) {
    const ones = block.reduce((sum, column) => sum + (column?.[row] ?? 0), 0)
    if (ones !== 1) return false
  }
  return true
}

/** The one column that names classes for which there are outputs. */
function onlyClasses(
  numbers: readonly TableColumn[],
  rows: number,
  output: OutputForm | null,
): TableColumn | undefined {
  const outputs = output?.columns ?? MOST_CLASSES
  const [first, ...others] = numbers.filter(
    (column) => hasClasses(column, rows) && hasFewClasses(column, outputs),
  )
  return others.length === 0 ? first : undefined
}

/** At an end labels stand; what is true or false may be one anywhere. */
function classesAtAnEnd(numbers: readonly TableColumn[], rows: number): TableColumn | undefined {
  const ends = [numbers.at(-1), numbers[0]]
  return ends.find((column) => hasClasses(column, rows)) ?? numbers.findLast(isTruth)
}

/** Whole numbers, few and repeated. */
function hasClasses(column: TableColumn | undefined, rows: number): boolean {
  const numbers = column === undefined ? null : numbersOf(column)
  if (numbers === null || !numbers.every(isWholeOrMissing)) return false
  const different = differentOf(numbers)
  return different > 1 && different <= Math.min(MOST_CLASSES, rows / 2)
}

/** Whether it could name the classes of so many outputs; two for a single one. */
function hasFewClasses(column: TableColumn, outputs: number): boolean {
  const numbers = numbersOf(column)
  if (numbers === null || !numbers.every(isWholeOrMissing)) return false
  return differentOf(numbers) <= Math.max(2, outputs)
}

function isWholeOrMissing(value: number): boolean {
  return Number.isInteger(value) || Number.isNaN(value)
}

function differentOf(numbers: Float64Array): number {
  const different = new Set(numbers)
  different.delete(NaN)
  return different.size
}

function only(column: TableColumn | undefined): readonly TableColumn[] {
  return column === undefined ? [] : [column]
}
