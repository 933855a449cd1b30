import type { OutputKind } from '../core/output-kind'
import type { OutputMeaning } from '../core/output-meaning'
import { StudioError } from '../core/errors'
import { assumedOrder } from './class-orders'
import type { ClassLabels, NumberLabels, RawLabels } from './data-source'
import { areElements, requireElements } from './element-targets'
import { isOneHot } from './one-hot'

/** What the labels ask of a model. */
export const tasks = ['classification', 'binary', 'multiLabel', 'regression', 'unlabelled'] as const
export type Task = (typeof tasks)[number]

/** What a model's first output offers. */
export interface OutputForm {
  /** Numbers per sample; null where an output is more than one row of numbers. */
  readonly columns: number | null
  /** Its sides without the batch where it is more than one row; null or absent where it is one. */
  readonly sides?: readonly (number | null)[] | null
  readonly kind: OutputKind
  /** A guess; vectors, such as embeddings, say no class. */
  readonly meaning: OutputMeaning
}

/** How many classes an output tells apart: two where it is one number. Null where it says no class, or nobody knows. */
export function classesTold(output: OutputForm | null | undefined): number | null {
  if (output == null || output.columns === null || output.meaning !== 'classes') return null
  return output.columns === 1 ? 2 : output.columns
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
  /** A picture or an array for each sample, compared number by number; read a few at a time. */
  | { readonly task: 'elements'; readonly columns: null }
  | { readonly task: 'unlabelled'; readonly columns: number | null }

/**
 * The tasks that labels and outputs allow, the likeliest first.
 * @throws StudioError 'data/labels-range', 'data/labels-columns', 'data/targets-shape' where the labels fit none
 */
export function possibleTasks(
  dataset: string,
  labels: RawLabels | null,
  output: OutputForm,
): readonly Task[] {
  if (labels !== null && areElements(labels)) {
    requireElements(dataset, labels, output)
    return ['regression', 'unlabelled']
  }
  if (labels === null || output.columns === null) return ['unlabelled']
  if (labels.kind === 'classes' && saysNoClass(labels.classNames.length, output.columns, output))
    return labels.classNames.length > output.columns
      ? ['unlabelled']
      : ['unlabelled', 'classification']
  const fitting =
    labels.kind === 'classes'
      ? tasksOfClasses(dataset, labels, output.columns, output.kind)
      : tasksOfNumbers(dataset, labels, output.columns, output.kind)
  return [...fitting, 'unlabelled']
}

/** Scores that are many times as many as the classes are likelier a place in a space than a choice. */
const SPACIOUS = 16
const TIMES_THE_CLASSES = 4

function saysNoClass(classes: number, columns: number, { kind, meaning }: OutputForm): boolean {
  if (meaning === 'vectors') return true
  return kind === 'scores' && columns >= SPACIOUS && columns >= TIMES_THE_CLASSES * classes
}

function tasksOfClasses(
  dataset: string,
  { classNames, numbers }: ClassLabels,
  columns: number,
  kind: OutputForm['kind'],
): Task[] {
  const classes = classNames.length
  if (columns === 1 && numbers !== undefined) {
    if (classes > 2) return ['regression']
    // Scores may be quantities, unless they only say on which side of zero they are.
    const sides = numbers.every((value) => value === -1 || value === 1)
    return kind === 'scores' && !sides ? ['regression', 'binary'] : ['binary', 'regression']
  }
  if (columns === 1 && classes <= 2) return ['binary']
  const told = columns === 1 ? 2 : columns
  if (classes > told)
    throw new StudioError('data/labels-range', {
      dataset,
      classes,
      told,
      found: numbers?.[told] ?? classNames[told] ?? '',
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
  if (width !== columns)
    throw new StudioError('data/labels-columns', { dataset, expected: columns, found: width })
  if (columns === 1) return ['regression']
  if (!labels.values.every((value) => value === 0 || value === 1)) return ['regression']
  return isOneHot(labels.values, columns) && kind !== 'sigmoid'
    ? ['classification', 'multiLabel', 'regression']
    : ['multiLabel', 'regression']
}

/**
 * Reads labels as a task wants them.
 * @param classMap for each class of the data the output that stands for it, -1 for none; null: as
 * `assumedOrder` has it
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
  if (task !== 'unlabelled' && labels !== null && areElements(labels))
    return { task: 'elements', columns: null }
  if (task === 'unlabelled' || labels === null || columns === null || areElements(labels))
    return { task: 'unlabelled', columns }
  switch (task) {
    case 'classification':
      return { task, columns, labels: outputsOf(labels, columns, classMap) }
    case 'binary':
      return { task, columns: 1, labels: outputsOf(labels, 1, classMap) }
    case 'multiLabel':
      return { task, columns, values: Uint8Array.from(labels.values) }
    case 'regression':
      return { task, columns, values: quantitiesOf(labels) }
  }
}

/** The output that should be the largest for each sample; one-hot rows have it at their one. */
function outputsOf(
  labels: ClassLabels | NumberLabels,
  columns: number,
  classMap: readonly number[] | null,
): Int32Array {
  if (labels.kind === 'classes') {
    const map = classMap ?? assumedOrder(labels, columns)
    return labels.values.map((value) => map[value] ?? -1)
  }
  const places = Int32Array.from({ length: labels.values.length / columns }, (_, row) =>
    labels.values.subarray(row * columns, (row + 1) * columns).indexOf(1),
  )
  return classMap === null ? places : places.map((value) => classMap[value] ?? -1)
}

function quantitiesOf(labels: ClassLabels | NumberLabels): Float64Array {
  if (labels.kind === 'numbers') return Float64Array.from(labels.values)
  const { numbers = [] } = labels
  return Float64Array.from(labels.values, (value) => numbers[value] ?? NaN)
}
