import { StudioError } from '../../core/errors'
import { elementCount } from '../../core/tensor-spec'
import type { ArraySamples, DataSource, RawLabels } from '../data-source'
import { pictureForm } from '../input-form'
import type { ColumnPlan } from './column-plan'
import type { Table } from './table'
import type { TableColumn } from './table-column'

/** Fewer bytes than a picture of this many pixels has are no picture. */
const FEWEST_PIXELS = 64

/**
 * Makes samples and labels of a table.
 * @param input sides of the model's input without the batch, null where nobody knows: columns that are
 * as many are given its shape
 * @throws StudioError 'data/table-column' where a column that must be numeric is not,
 * 'data/field' for a column that is not there
 */
export function tableSource(
  name: string,
  table: Table,
  { labels: labelColumns, leftOut }: Pick<ColumnPlan, 'labels' | 'leftOut'>,
  input: readonly (number | null)[] | null,
): DataSource {
  const { file, rows, columns } = table
  for (const column of labelColumns)
    if (!columns.some((candidate) => candidate.name === column))
      throw new StudioError('data/field', {
        file,
        field: 'the label column',
        expected: columns.map((candidate) => candidate.name).join(', '),
        found: column,
      })
  const isLabel = (column: TableColumn): boolean => labelColumns.includes(column.name)
  const features = columns.filter((column) => !isLabel(column) && !leftOut.includes(column.name))
  if (features.length === 0) throw new StudioError('data/is-empty', { file })
  features.forEach((column) => {
    requireNumbers(file, column)
  })
  const values = new Float32Array(rows * features.length)
  features.forEach(({ numbers }, place) => {
    numbers.forEach((value, row) => (values[row * features.length + place] = value))
  })
  const outside = values.findIndex((value) => !Number.isFinite(value))
  if (outside >= 0) {
    const column = features[outside % features.length]
    throw new StudioError('data/field', {
      file,
      field: `column ${column?.name ?? ''}`,
      expected: 'in the range of float32',
      found: column?.numbers[Math.floor(outside / features.length)] ?? NaN,
    })
  }
  const labels = columns.filter(isLabel)
  return {
    name,
    format: 'table',
    samples: shaped(rows, features.length, values, input),
    labels: labels.length === 0 ? null : labelsOf(file, rows, labels),
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

function requireNumbers(file: string, { name, notNumber }: TableColumn): void {
  if (notNumber !== null)
    throw new StudioError('data/table-column', { file, column: name, ...notNumber })
}

function labelsOf(file: string, rows: number, labels: readonly TableColumn[]): RawLabels {
  const [only, ...others] = labels
  if (only?.kind === 'text' && others.length === 0)
    return { kind: 'classes', classNames: only.names, values: only.codes }
  labels.forEach((column) => {
    requireNumbers(file, column)
  })
  const values = new Float64Array(rows * labels.length)
  labels.forEach(({ numbers }, place) => {
    numbers.forEach((value, row) => (values[row * labels.length + place] = value))
  })
  return { kind: 'numbers', names: labels.map(({ name }) => name), values }
}
