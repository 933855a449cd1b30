import type { OutputKind } from '../core/output-kind'
import { StudioError } from '../core/errors'
import type { ClassLabels, NumberLabels, RawLabels } from './data-source'

/** What the labels ask of a model. */
export const tasks = ['classification', 'binary', 'multiLabel', 'regression', 'unlabelled'] as const
export type Task = (typeof tasks)[number]

/** What a model's first output offers. */
export interface OutputForm {
  /** Numbers per sample; null where an output is more than one row of numbers. */
  readonly columns: number | null
  readonly kind: OutputKind
}

/** Labels as a task reads them, one row a sample. */
export type Targets =
  | {
      readonly task: 'classification'
      readonly columns: number
      /** The output of each sample that should be the largest; -1 leaves the sample out. */
      readonly labels: Int32Array
    }
  | { readonly task: 'binary'; readonly columns: 1; readonly labels: Int32Array }
  | { readonly task: 'multiLabel'; readonly columns: number; readonly values: Uint8Array }
  | { readonly task: 'regression'; readonly columns: number; readonly values: Float64Array }
  | { readonly task: 'unlabelled'; readonly columns: number | null }

/**
 * The tasks that labels and outputs allow, the likeliest first.
 * @throws StudioError 'data/labels-range', 'data/labels-columns' where the labels fit none
 */
export function possibleTasks(
  dataset: string,
  labels: RawLabels | null,
  output: OutputForm,
): readonly Task[] {
  if (labels === null || output.columns === null) return ['unlabelled']
  const fitting =
    labels.kind === 'classes'
      ? tasksOfClasses(dataset, labels, output.columns)
      : tasksOfNumbers(dataset, labels, output.columns, output.kind)
  return [...fitting, 'unlabelled']
}

function tasksOfClasses(dataset: string, labels: ClassLabels, columns: number): Task[] {
  const classes = labels.classNames.length
  if (columns === 1 && classes <= 2) return ['binary']
  if (classes > columns)
    throw new StudioError('data/labels-range', {
      dataset,
      found: labels.classNames[columns] ?? '',
      outputs: columns,
    })
  return ['classification']
}

function tasksOfNumbers(
  dataset: string,
  labels: NumberLabels,
  columns: number,
  kind: OutputForm['kind'],
): Task[] {
  const width = labels.names.length
  const binary = labels.values.every((value) => value === 0 || value === 1)
  if (width === columns) {
    if (!binary) return ['regression']
    if (columns === 1)
      return kind === 'scores' ? ['regression', 'binary'] : ['binary', 'regression']
    return isOneHot(labels.values, columns) && kind !== 'sigmoid'
      ? ['classification', 'multiLabel', 'regression']
      : ['multiLabel', 'regression']
  }
  const classes = width === 1 && labels.values.every((value) => Number.isInteger(value))
  if (!classes)
    throw new StudioError('data/labels-columns', { dataset, expected: columns, found: width })
  const outside = labels.values.find((value) => value < 0 || value >= columns)
  if (outside !== undefined)
    throw new StudioError('data/labels-range', { dataset, found: outside, outputs: columns })
  return ['classification']
}

function isOneHot(values: Float64Array, columns: number): boolean {
  for (let start = 0; start < values.length; start += columns) {
    let ones = 0
    for (let i = 0; i < columns; i++) ones += values[start + i] ?? 0
    if (ones !== 1) return false
  }
  return true
}

/**
 * Reads labels as a task wants them.
 * @param classMap for each class of the data the output that stands for it, -1 for none; null where
 * classes are in the order of the outputs
 * @throws StudioError 'data/labels-kind' where the task is none of `possibleTasks`
 */
export function targetsOf(
  dataset: string,
  labels: RawLabels | null,
  output: OutputForm,
  task: Task,
  classMap: readonly number[] | null,
): Targets {
  const possible = possibleTasks(dataset, labels, output)
  const { columns } = output
  if (!possible.includes(task))
    throw new StudioError('data/labels-kind', {
      dataset,
      task,
      expected: possible.join(', '),
      found: labels === null ? 'no labels' : labels.kind,
    })
  if (task === 'unlabelled' || labels === null || columns === null)
    return { task: 'unlabelled', columns }
  switch (task) {
    case 'classification':
      return { task, columns, labels: mapped(classesOf(labels, columns), classMap) }
    case 'binary':
      return { task, columns: 1, labels: mapped(classesOf(labels, 1), classMap) }
    case 'multiLabel':
      return { task, columns, values: Uint8Array.from(labels.values) }
    case 'regression':
      return { task, columns, values: Float64Array.from(labels.values) }
  }
}

/** The class of each sample before it is mapped; one-hot rows by their one. */
function classesOf(labels: RawLabels, columns: number): Int32Array {
  if (labels.kind === 'classes') return labels.values
  const width = labels.names.length
  if (width === 1) return Int32Array.from(labels.values)
  return Int32Array.from({ length: labels.values.length / columns }, (_, row) =>
    labels.values.subarray(row * columns, (row + 1) * columns).indexOf(1),
  )
}

function mapped(classes: Int32Array, classMap: readonly number[] | null): Int32Array {
  return classMap === null ? classes : classes.map((value) => classMap[value] ?? -1)
}
