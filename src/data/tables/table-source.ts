import { StudioError } from '../../core/errors'
import { elementCount } from '../../core/tensor-spec'
import type { ArraySamples, DataSource, RawLabels, SampleOrigin } from '../data-source'
import { pictureForm } from '../input-form'
import { calledColumn } from './column-names'
import type { ColumnPlan } from './column-plan'
import type { Table } from './table'
import { numbersOf } from './table-column'
import type { TableColumn } from './table-column'
import { placeOf } from './table-parts'

/** Fewer bytes than a picture of this many pixels has are no picture. */
const FEWEST_PIXELS = 64

/** Columns that one input is shown, side by side. */
export interface ColumnGroup {
  readonly columns: readonly string[]
  /** Of the input without the batch, null where nobody knows: columns that are as many are given its shape. */
  readonly sides: readonly (number | null)[] | null
}

/**
 * Makes samples and labels of a table.
 * @param groups one for each input of the model
 * @throws StudioError 'data/table-column' where a column that must be numeric is not,
 * 'data/is-empty' where no row has a value in every column that is used,
 * 'data/field' for a column that is not there
 */
export function tableSource(
  name: string,
  table: Table,
  { labels: labelColumns, leftOut }: Pick<ColumnPlan, 'labels' | 'leftOut'>,
  [first, ...others]: readonly [ColumnGroup, ...ColumnGroup[]],
): DataSource {
  const { file, columns } = table
  const known = new Set(columns.map((column) => column.name))
  for (const column of labelColumns)
    if (!known.has(column))
      throw new StudioError('data/field', {
        file,
        field: 'the label column',
        expected: columns.map((candidate) => candidate.name).join(', '),
        found: column,
      })
  const { features, labels, complete } = usedColumns(table, { labels: labelColumns, leftOut })
  if (features.length === 0 || complete.length === 0)
    throw new StudioError('data/is-empty', { file })
  const samplesOf = (group: ColumnGroup): ArraySamples => {
    const wanted = new Set(group.columns)
    const own = features.filter((column) => wanted.has(column.name))
    return samplesOfColumns(table, own, complete, group.sides)
  }
  return {
    name,
    format: 'table',
    samples: [samplesOf(first), ...others.map(samplesOf)],
    labels: labels.length === 0 ? null : labelsOf(table, complete, labels),
  }
}

/** @throws StudioError 'data/table-column', 'data/field' */
function samplesOfColumns(
  table: Table,
  features: readonly TableColumn[],
  complete: Uint32Array,
  sides: ColumnGroup['sides'],
): ArraySamples {
  const rows = complete.length
  const values = new Float32Array(rows * features.length)
  features.forEach((column, place) => {
    const numbers = requireNumbers(table, column)
    complete.forEach((row, at) => (values[at * features.length + place] = numbers[row] ?? NaN))
  })
  const outside = values.findIndex((value) => !Number.isFinite(value))
  if (outside >= 0) {
    const column = features[outside % features.length]
    throw new StudioError('data/field', {
      file: table.file,
      field: `column ${calledColumn(column?.name ?? '')}`,
      expected: 'in the range of float32',
      found: column?.numbers[complete[Math.floor(outside / features.length)] ?? 0] ?? NaN,
    })
  }
  return {
    ...shaped(rows, features.length, values, sides),
    origin: originOf(table, complete, features),
  }
}

/** Where the numbers of the samples stand. */
function originOf(
  { file, parts }: Pick<Table, 'file' | 'parts'>,
  complete: Uint32Array,
  features: readonly TableColumn[],
): SampleOrigin {
  // Rows of labels that are put beside are counted from the start again.
  const end = parts.findIndex(
    (part, place) => place > 0 && part.rows <= (parts[place - 1]?.rows ?? 0),
  )
  return {
    file,
    rows: complete,
    parts: end < 0 ? parts : parts.slice(0, end),
    columns: features.map(({ name }) => calledColumn(name)),
  }
}

/** Columns as the input of the model wants them: bytes in as many columns as a picture has pixels are one. */
function shaped(
  count: number,
  columns: number,
  values: Float32Array,
  input: readonly (number | null)[] | null,
): ArraySamples {
  const plain: ArraySamples = { kind: 'numbers', count, shape: [columns], values }
  if (input === null || !input.every((side) => side !== null)) return plain
  if (elementCount(input) !== columns) return plain
  const form = pictureForm(input)
  const { height, width, channels } = form ?? { height: null, width: null, channels: 1 }
  if (height !== null && width !== null && columns >= FEWEST_PIXELS && areBytes(values))
    return {
      ...plain,
      shape: [height, width, channels],
      values: Uint8Array.from(values),
    }
  return { ...plain, shape: input }
}

/** Whole numbers up to 255, and not only the small ones that counts and grades are. */
function areBytes(values: Float32Array): boolean {
  let largest = 0
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value > 255) return false
    if (value > largest) largest = value
  }
  return largest > 127
}

/** The columns of a plan, and the rows that have a value in each of them. */
export function usedColumns(
  { rows, columns }: Pick<Table, 'rows' | 'columns'>,
  plan: Pick<ColumnPlan, 'labels' | 'leftOut'>,
): {
  readonly features: readonly TableColumn[]
  readonly labels: readonly TableColumn[]
  readonly complete: Uint32Array
} {
  const isLabel = new Set(plan.labels)
  const isLeftOut = new Set(plan.leftOut)
  const labels = columns.filter(({ name }) => isLabel.has(name))
  const features = columns.filter(({ name }) => !isLabel.has(name) && !isLeftOut.has(name))
  const lacks = new Uint8Array(rows)
  for (const { missing } of [...features, ...labels]) for (const row of missing) lacks[row] = 1
  const complete = new Uint32Array(rows).map((_, row) => row).filter((row) => lacks[row] === 0)
  return { features, labels, complete }
}

/** @throws StudioError 'data/table-column' */
function requireNumbers({ parts }: Pick<Table, 'parts'>, column: TableColumn): Float64Array {
  const numbers = numbersOf(column)
  if (numbers !== null) return numbers
  const { name, names, notNumber } = column
  const { line, found } = notNumber ?? { line: 1, found: names[0] ?? 'nothing' }
  throw new StudioError('data/table-column', {
    ...placeOf(parts, line),
    column: calledColumn(name),
    found,
  })
}

function labelsOf(
  table: Pick<Table, 'parts'>,
  complete: Uint32Array,
  labels: readonly TableColumn[],
): RawLabels {
  const [only, ...others] = labels
  if (only?.kind === 'text' && others.length === 0)
    return {
      kind: 'classes',
      classNames: only.names,
      values: Int32Array.from(complete, (row) => only.codes[row] ?? 0),
    }
  const values = new Float64Array(complete.length * labels.length)
  labels.forEach((column, place) => {
    const numbers = requireNumbers(table, column)
    complete.forEach((row, at) => (values[at * labels.length + place] = numbers[row] ?? NaN))
  })
  return { kind: 'numbers', names: labels.map(({ name }) => name), values }
}
