import type { ClassLabels, NumberLabels, RawLabels } from './data-source'
import { NAMED, choiceOf, controlOf } from './reading/reading'
import type { ReadingChoices, ReadingControl, ReadingNote } from './reading/reading'
import { isOneHot } from './one-hot'
import type { OutputForm } from './task'

export const meanings = ['classes', 'quantities'] as const
/** Fewer different values are classes though none comes twice. */
const FEW = 20
/** A model with more outputs is none that a browser runs. */
const MOST_CLASSES = 100_000

export interface LabelMeaning {
  readonly labels: RawLabels | null
  readonly controls: readonly ReadingControl[]
  readonly notes: readonly ReadingNote[]
}

/**
 * Says whether one column of numbers names classes or measures something: whole numbers of which there are
 * few, or that come again and again, are names. A person may say otherwise.
 * @param names of the classes 0, 1, 2 … where the files have a list of them
 * @param output of the model: a single one tells no more than two classes apart; null where nobody knows
 * @param written how numbers with a sign are written, such as percents, which are names where they are few; null
 * where they have none
 */
export function meaningOf(
  labels: RawLabels | null,
  choices: ReadingChoices,
  names: readonly string[] | null = null,
  output: Pick<OutputForm, 'columns'> | null = null,
  written: ReadonlyMap<number, string> | null = null,
): LabelMeaning {
  if (labels?.kind !== 'numbers') return { labels, controls: [], notes: [] }
  if (labels.names.length === 2 && output?.columns === 1 && isOneHot(labels.values, 2))
    return yesOrNo(labels)
  if (labels.names.length !== 1) return { labels, controls: [], notes: [] }
  const different = [...new Set(labels.values)].sort((a, b) => a - b)
  const whole = different.every(Number.isInteger)
  const repeated = 2 * different.length <= labels.values.length
  const isMeasured = output?.columns === 1 && different.length > 2
  const isSaid = written !== null && repeated && different.every((value) => written.has(value))
  const isClasses =
    (whole || isSaid) &&
    !isMeasured &&
    (different.length <= FEW || repeated) &&
    different.length <= MOST_CLASSES
  const guess = isClasses ? 'classes' : 'quantities'
  const controls = [controlOf('labelsAre', meanings, [guess], choices)]
  const meaning = choiceOf(choices, 'labelsAre', meanings) ?? guess
  if (meaning === 'quantities' || different.length > MOST_CLASSES)
    return { labels, controls, notes: [] }
  const classes = isSaid
    ? writtenClasses(labels, different, written)
    : classesOf(labels, different, names)
  if (!isSaid) return { labels: classes, controls, notes: [noteOf(classes, different)] }
  const first = classes.classNames.slice(0, NAMED).join(', ')
  const note = { id: 'classNumbers', params: { count: different.length, first } } as const
  return { labels: classes, controls, notes: [note] }
}

/** Rows with a single one in two columns, for a model that says yes or no with one number. */
function yesOrNo({ names, values }: NumberLabels): LabelMeaning {
  const [no = '', yes = ''] = names
  const areNamed = no !== '' && yes !== '' && no !== yes
  const labels: ClassLabels = {
    kind: 'classes',
    classNames: areNamed ? [no, yes] : ['0', '1'],
    ...(areNamed ? {} : { numbers: [0, 1] }),
    values: Int32Array.from({ length: values.length / 2 }, (_, row) => values[2 * row + 1] ?? 0),
  }
  return { labels, controls: [], notes: areNamed ? [] : [noteOf(labels, [0, 1])] }
}

/** Whether the numbers are the names, or what they are called. */
function noteOf({ classNames }: ClassLabels, numbers: readonly number[]): ReadingNote {
  const named = classNames.some((name, place) => name !== String(numbers[place]))
  if (named) return { id: 'namesOfArray', params: { names: classNames.slice(0, NAMED).join(', ') } }
  const first = numbers.slice(0, NAMED).join(', ')
  return { id: 'classNumbers', params: { count: numbers.length, first } }
}

/** Classes called as their numbers are written, in the order of these. */
function writtenClasses(
  labels: NumberLabels,
  different: readonly number[],
  written: ReadonlyMap<number, string>,
): ClassLabels {
  const { values } = classesOf(labels, different, null)
  return {
    kind: 'classes',
    classNames: different.map((value) => written.get(value) ?? String(value)),
    values,
  }
}

function classesOf(
  labels: NumberLabels,
  different: readonly number[],
  names: readonly string[] | null,
): ClassLabels {
  const place = new Map(different.map((value, index) => [value, index]))
  const listed = different.map((value) => names?.[value])
  // A class without samples keeps its place: the numbers say which output is whose.
  const areNames =
    listed.every((name) => name !== undefined) && new Set(listed).size === listed.length
  const classNames = areNames ? listed : different.map((value) => String(value))
  return {
    kind: 'classes',
    classNames,
    numbers: different,
    values: Int32Array.from(labels.values, (value) => place.get(value) ?? 0),
  }
}
