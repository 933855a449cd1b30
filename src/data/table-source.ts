import { StudioError } from '../core/errors'
import type { DataSource, RawLabels } from './data-source'
import type { Table } from './table'
import type { TableColumn } from './table-column'

const LABEL_NAMES =
  /^(?:labels?|class(?:es)?|targets?|y|species|category|outcome|quality|diagnosis)$/i

/**
 * The columns that are probably labels: those that the model has no inputs for, by their names, else
 * the last ones.
 * @param features numbers that the model takes, null where nobody knows
 */
export function suggestLabelColumns(table: Table, features: number | null): readonly string[] {
  const { columns } = table
  const surplus = features === null ? 1 : columns.length - features
  if (surplus === 0) return []
  const named = columns.filter(({ name }) => LABEL_NAMES.test(name))
  const texts = columns.filter(({ kind }) => kind === 'text')
  const [likely = []] = [named, texts].filter((group) => group.length === Math.max(1, surplus))
  const chosen = likely.length > 0 ? likely : columns.slice(-Math.max(1, surplus))
  return chosen.map(({ name }) => name)
}

/**
 * Makes samples and labels of a table.
 * @param labelColumns by name; none: unlabelled
 * @throws StudioError 'data/table-column' where a column that must be numeric is not,
 * 'data/field' for a column that is not there
 */
export function tableSource(
  name: string,
  table: Table,
  labelColumns: readonly string[],
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
  const features = columns.filter((column) => !isLabel(column))
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
    samples: { kind: 'numbers', count: rows, shape: [features.length], values },
    labels: labels.length === 0 ? null : labelsOf(file, rows, labels),
  }
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
