import { baseName } from '../../files/file-bundle'
import { classLabels, labelsIn } from '../class-labels'
import { namesByNumber } from '../class-names'
import type { RawLabels } from '../data-source'
import { meaningOf } from '../label-meaning'
import type { ReadingChoices, ReadingControl, ReadingNote } from '../reading/reading'
import type { ClassList } from './class-lists'
import type { TableLabels } from './label-tables'
import type { PictureLabels } from './picture-labels'

/** What the labels of pictures mean. */
interface MeaningOfLabels {
  readonly labels: RawLabels | null
  /** Path of the list that names the classes; null where none does. */
  readonly list: string | null
  readonly controls: readonly ReadingControl[]
  readonly notes: readonly ReadingNote[]
}

/**
 * Makes classes of labels, in the order of a list beside the pictures where it has them all, else sorted.
 * Numbers of a table may be quantities.
 * @param labels of the pictures that have one
 * @param lists of classes beside the pictures
 */
export function meaningOfLabels(
  { from, empty }: PictureLabels,
  labels: readonly string[],
  lists: readonly ClassList[],
  table: TableLabels | null,
  choices: ReadingChoices,
): MeaningOfLabels {
  const known = from === 'noLabels' ? [] : [...new Set([...labels, ...empty])]
  if (known.length === 0) return { labels: null, list: null, controls: [], notes: [] }
  const list = lists.find(({ names }) => {
    const all = new Set(names)
    return known.every((label) => all.has(label))
  })
  if (list !== undefined)
    return { labels: labelsIn(list.names, labels), ...listed(list), controls: [] }
  const areNumbers = known.every((label) => /^-?\d+(?:\.\d+)?$/.test(label))
  return from === 'labelTable' && table !== null && areNumbers
    ? numbersOf(labels, table.column, lists, choices)
    : { labels: classLabels(labels, empty), list: null, controls: [], notes: [] }
}

function numbersOf(
  labels: readonly string[],
  column: string,
  lists: readonly ClassList[],
  choices: ReadingChoices,
): MeaningOfLabels {
  const values = Float64Array.from(labels, Number)
  // Of a list that is numbered from 1 the number 0 is the background, unless it names classes from 0 by its order.
  const fromZero = values.includes(0)
  const named = lists
    .flatMap((list) => {
      const both = [namesByNumber(list), list.names]
      return (fromZero ? both.toReversed() : both).map((names) => ({ list, names }))
    })
    .find(({ names }) => values.every((value) => names[value] !== undefined))
  const numbers = { kind: 'numbers', names: [column], values } as const
  const meaning = meaningOf(numbers, choices, named?.names ?? null)
  const isNamed = meaning.notes.some(({ id }) => id === 'namesOfArray')
  return isNamed && named !== undefined
    ? { ...meaning, ...listed(named.list) }
    : { ...meaning, list: null }
}

function listed({ path, names }: ClassList): Pick<MeaningOfLabels, 'list' | 'notes'> {
  const params = { file: baseName(path), count: names.length }
  return { list: path, notes: [{ id: 'classesInList', params }] }
}
