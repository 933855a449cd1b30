import type { Between } from '../../files/between'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl } from '../reading/reading'
import { readTextColumns } from '../tables/text-columns'
import type { TextColumn } from '../tables/text-columns'
import { foldersOf } from './dropped-pictures'
import { isSplitName } from './folder-layout'
import { PictureIndex, guessLabelTable, labelsByTable, oneHotColumn } from './label-table'
import type { LabelTableGuess } from './label-table'

/** A list of labels for 200,000 pictures is shorter. */
const MOST_BYTES = 32 * 2 ** 20
/** With more of them beside pictures, each belongs to one of these. */
const MOST_TABLES = 20

/** A table beside pictures that names them. */
interface LabelTable {
  readonly file: BundleFile
  /** Those that are a class each, as one, come first. */
  readonly columns: readonly TextColumn[]
  readonly guess: LabelTableGuess
  /** The pictures that it is about. */
  readonly pictures: PictureIndex
}

/** What a table says of the class of each picture. */
export interface TableLabels {
  readonly path: string
  readonly column: string
  /** '' where the row has no label, null for pictures that no row names. */
  readonly labels: readonly (string | null)[]
  /** The same by the column that was guessed. */
  readonly likely: readonly (string | null)[]
  /** Whether that one says by its name that it holds labels. */
  readonly isNamed: boolean
  /** What rows name and no picture is called. */
  readonly unknown: readonly string[]
  readonly controls: readonly ReadingControl[]
}

/**
 * The class of each picture by a table among the files beside them.
 * @returns null where none names them
 * @throws StudioError 'open/not-read', what `between` throws
 */
export async function labelsInTables(
  others: readonly BundleFile[],
  paths: readonly string[],
  choices: ReadingChoices,
  between: Between,
): Promise<TableLabels | null> {
  const tables = await readTables(others, paths, between)
  const columns = tables.flatMap((table) =>
    table.guess.fileColumns.map((column) => ({
      table,
      column,
      title: tables.length > 1 ? `${baseName(table.file.path)}: ${column.name}` : column.name,
    })),
  )
  const titles = columns.map(({ title }) => title)
  const [likely] = columns
  if (likely === undefined) return null
  const chosen = choiceOf(choices, 'labelTableFile', titles) ?? likely.title
  const { table, column: files } = columns.find(({ title }) => title === chosen) ?? likely
  const possible = table.columns.filter((column) => column !== files)
  const [guess = possible[0]] = table.guess.labelColumns.filter((column) => column !== files)
  if (guess === undefined) return null
  const names = possible.map(({ name }) => name)
  const name = choiceOf(choices, 'labelTableLabel', names) ?? guess.name
  const labelled = possible.find((column) => column.name === name) ?? guess
  const { pictures } = table
  const found = labelsByTable(pictures, files, labelled)
  return {
    path: table.file.path,
    column: labelled.name,
    ...found,
    likely: labelled === guess ? found.labels : labelsByTable(pictures, files, guess).labels,
    isNamed: table.guess.isNamed,
    controls: [
      controlOf('labelTableFile', titles, [likely.title], choices, { verbatim: true }),
      controlOf('labelTableLabel', names, [guess.name], choices, { verbatim: true }),
    ],
  }
}

/** Tables that name pictures, the one that names most of them first. */
async function readTables(
  others: readonly BundleFile[],
  paths: readonly string[],
  between: Between,
): Promise<readonly LabelTable[]> {
  const tables = others.filter(({ path }) => /\.(?:csv|tsv|tab)$/i.test(path))
  const lists = others.filter(({ path }) => /\.(?:txt|lst)$/i.test(path))
  const files = [tables, lists].flatMap((group) => (group.length <= MOST_TABLES ? group : []))
  if (files.length === 0) return []
  const indices = [new PictureIndex(paths), ...splitsOf(paths)]
  const found: LabelTable[] = []
  for (const file of files) {
    if (file.size > MOST_BYTES || file.size === 0) continue
    const columns = await readTextColumns(file, between)
    if (columns === null) continue
    const oneHot = oneHotColumn(columns)
    const all = oneHot === null ? columns : [oneHot, ...columns]
    const guesses = indices.flatMap((pictures) => {
      const guess = guessLabelTable(pictures, columns, oneHot)
      return guess === null ? [] : [{ file, columns: all, guess, pictures }]
    })
    // Of equal ones the first: all pictures, then those of training.
    found.push(...guesses.toSorted(byHits).slice(0, 1))
  }
  return found.sort(byHits)
}

function byHits(a: LabelTable, b: LabelTable): number {
  return b.guess.hits - a.guess.hits
}

/** The pictures of each split, as a name may be that of a picture in several: those to be tested come last. */
function splitsOf(paths: readonly string[]): readonly PictureIndex[] {
  const splits = paths.map((path) => foldersOf(path).find(isSplitName) ?? null)
  const names = [...new Set(splits)].filter((name) => name !== null)
  if (names.length < 2) return []
  return names
    .toSorted((a, b) => Number(/test/i.test(a)) - Number(/test/i.test(b)))
    .map((name) => new PictureIndex(paths.map((path, at) => (splits[at] === name ? path : null))))
}
