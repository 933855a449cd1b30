/** Tables and arrays as other tools write them, of samples whose largest number says the class. */
import { createRandom } from '../../src/core/random'
import { assumedOrder } from '../../src/data/class-orders'
import { requireSource } from '../../src/data/data-wishes'
import type { DataWishes, ReadData } from '../../src/data/data-wishes'
import { readData } from '../../src/data/read-data'
import type { ReadingChoices } from '../../src/data/reading/reading'
import type { OutputForm } from '../../src/data/task'
import { memoryFile } from '../../src/files/file-bundle'

export interface CaseRows {
  /** Rows of four numbers. */
  readonly rows: readonly (readonly number[])[]
  /** 0, 1 or 2: the place of the largest. */
  readonly classes: readonly number[]
}

/** Samples of classes that come in turn. */
export function caseRows(count = 60, classes = 3, seed = 7): CaseRows {
  const random = createRandom(seed)
  const labels = Array.from({ length: count }, (_, row) => row % classes)
  return {
    classes: labels,
    rows: labels.map((label) =>
      Array.from({ length: 4 }, (_, place) =>
        Number((random.uniform() + (place === label ? 2 : 0)).toFixed(4)),
      ),
    ),
  }
}

/** Each row as cells of text, four decimals. */
export function cells({ rows }: CaseRows): string[][] {
  return rows.map((row) => row.map((value) => value.toFixed(4)))
}

export function lines(header: string | null, rows: readonly string[], end = '\n'): string {
  return [...(header === null ? [] : [header]), ...rows, ''].join(end)
}

export const SPECIES = ['setosa', 'versicolor', 'virginica']
export const species = caseRows()
/** Rows of three classes as text, and the class of each. */
const speciesRows = cells(species).map((row) => row.join(','))
export const speciesClasses = species.classes

/** A line for each of these rows. */
export const speciesLines = (
  make: (cells: string, label: number, at: number) => string,
): string[] => speciesRows.map((text, at) => make(text, speciesClasses[at] ?? 0, at))

/** Sides of a model's one input, open ones null; null: nobody knows. */
export type OnlySides = readonly (number | null)[] | null

export function onlyInput(sides: OnlySides): DataWishes['inputs'] {
  return sides === null ? [] : [{ name: 'x', sides }]
}

interface CaseWishes {
  choices?: ReadingChoices
  input?: readonly number[] | null
  output?: OutputForm | null
}

/** Reads files for a model with four inputs, unless another one is said. */
export function readDrop(
  files: Readonly<Record<string, string | Uint8Array>>,
  { choices = {}, input = [4], output = null }: CaseWishes = {},
): Promise<ReadData> {
  const bundle = Object.entries(files).map(([path, text]) =>
    memoryFile(path, typeof text === 'string' ? new TextEncoder().encode(text) : text),
  )
  return readData(bundle, { choices, inputs: onlyInput(input), output }, () => Promise.resolve())
}

/** Reads one table in the same way. */
export function readTableText(
  text: string | Uint8Array,
  { name = 't.csv', ...wishes }: CaseWishes & { name?: string } = {},
): Promise<ReadData> {
  return readDrop({ [name]: text }, wishes)
}

/** How often the place of the largest number is that of the label. */
export function caseAccuracy(found: ReadData, columns = 3): number {
  const {
    samples: [samples],
    labels,
  } = requireSource(found)
  if (samples.kind !== 'numbers' || labels?.kind !== 'classes') return NaN
  const map = assumedOrder(labels, columns)
  const size = samples.values.length / samples.count
  let right = 0
  labels.values.forEach((label, row) => {
    const values = samples.values.subarray(row * size, row * size + columns)
    const largest = values.indexOf(Math.max(...values))
    if (map[label] === largest) right++
  })
  return right / samples.count
}

/** What outputs of a model offer. */
export const softmaxOf = (columns: number): OutputForm => ({
  columns,
  kind: 'probabilities',
  meaning: 'classes',
})
export const sigmoidOf = (columns: number): OutputForm => ({
  columns,
  kind: 'sigmoid',
  meaning: 'classes',
})
export const linearOf = (columns: number): OutputForm => ({
  columns,
  kind: 'scores',
  meaning: columns === 1 ? 'numbers' : 'classes',
})

/** Columns that are not shown to the model. */
export const leftOutColumns = ({ reading }: ReadData): readonly string[] =>
  reading.preview.kind === 'rows'
    ? reading.preview.columns.filter(({ role }) => role === 'leftOut').map(({ name }) => name)
    : []
/** What a control stands at. */
export const controlValue = ({ reading }: ReadData, id: string): readonly string[] | undefined =>
  reading.controls.find((one) => one.id === id)?.value
/** What was said of a note; undefined where it was not. */
export const noteOf = ({ reading }: ReadData, id: string) =>
  reading.notes.find((note) => note.id === id)?.params
/** The numbers that the model is shown, row by row. */
export function shownRows(found: ReadData): readonly (readonly number[])[] {
  const {
    samples: [samples],
  } = requireSource(found)
  if (samples.kind !== 'numbers') return []
  const width = samples.values.length / samples.count
  return Array.from({ length: samples.count }, (_, row) => [
    ...samples.values.subarray(row * width, (row + 1) * width),
  ])
}
/** The class of each sample by its name. */
export function classOfRows(found: ReadData): readonly string[] {
  const { labels } = requireSource(found)
  if (labels?.kind !== 'classes') return []
  return Array.from(labels.values, (value) => labels.classNames[value] ?? '')
}
