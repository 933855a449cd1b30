import type { Between } from '../../files/between'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl } from '../reading/reading'
import { readJsonTables } from '../tables/json-tables'
import { readTextColumns } from '../tables/text-columns'
import type { TextColumn } from '../tables/text-columns'
import { foldersOf } from './dropped-pictures'
import { namesOnlyOthers } from './file-columns'
import { isSplitName } from './folder-layout'
import { guessLabelTable, labelsByTable, oneHotColumn } from './label-table'
import type { LabelTableGuess, LabelsByTable } from './label-table'
import { isNumbered, numberedPictures } from './numbered-pictures'
import type { TableInFiles } from './numbered-pictures'
import { PictureIndex } from './picture-index'

/** A list of labels for 200,000 pictures is shorter. */
const MOST_BYTES = 32 * 2 ** 20
/** With more of them beside pictures, each belongs to one of these. */
const MOST_TABLES = 20
/** Answers that are to be handed in are no labels. */
const NO_LABELS = /submission/i

/** A table beside pictures that names them. */
interface TablePart extends TableInFiles {
  readonly title: string
  /** Those that are a class each, as one, come first. */
  readonly columns: readonly TextColumn[]
  readonly guess: LabelTableGuess
  /** The pictures that it is about. */
  readonly pictures: PictureIndex
}

/** One such table, or several of one form that name different pictures. */
interface LabelTable {
  readonly parts: readonly TablePart[]
  readonly title: string
  readonly fileColumns: readonly string[]
  readonly labelColumns: readonly string[]
  /** All columns. */
  readonly columns: readonly string[]
}

/** What a table says of the class of each picture. */
export interface TableLabels extends LabelsByTable {
  /** Of the files that are the table. */
  readonly paths: readonly string[]
  readonly title: string
  readonly column: string
  /** The labels by the column that was guessed. */
  readonly likely: readonly (string | null)[]
  /** Whether that one says by its name that it holds labels. */
  readonly isNamed: boolean
  /** The column of file names, and one that could be it as well and names others. */
  readonly files: { readonly column: string; readonly rival: string | null }
  /** Rows that lack cells. */
  readonly shortRows: number
  /** Files with lines that could not be read, and the numbers of those, from 1. */
  readonly broken: readonly { readonly file: string; readonly lines: readonly number[] }[]
  readonly controls: readonly ReadingControl[]
}

/**
 * The class of each picture by a table among the files beside them.
 * @returns no table where none names them, and the paths of those that name other pictures only
 * @throws StudioError 'open/not-read', what `between` throws
 */
export async function labelsInTables(
  others: readonly BundleFile[],
  paths: readonly string[],
  choices: ReadingChoices,
  between: Between,
): Promise<{ readonly table: TableLabels | null; readonly strangers: readonly string[] }> {
  const { parts, strangers } = await readTables(others, paths, between)
  return { table: likelyTable(parts, choices), strangers }
}

function likelyTable(parts: readonly TablePart[], choices: ReadingChoices): TableLabels | null {
  const tables = tablesOf(parts)
  const columns = tables.flatMap((table) =>
    table.fileColumns.map((column) => ({
      table,
      column,
      title: parts.length > 1 ? `${table.title}: ${column}` : column,
    })),
  )
  const titles = columns.map(({ title }) => title)
  const [likely] = columns
  if (likely === undefined) return null
  const chosen = choiceOf(choices, 'labelTableFile', titles) ?? likely.title
  const { table, column: files } = columns.find(({ title }) => title === chosen) ?? likely
  const names = table.columns.filter((column) => column !== files)
  const [guess = names[0]] = table.labelColumns.filter((column) => column !== files)
  const [first] = table.parts
  if (guess === undefined || first === undefined) return null
  const column = choiceOf(choices, 'labelTableLabel', names) ?? guess
  const found = labelsOf(table, files, column)
  const { rival } = first.guess
  return {
    ...found,
    paths: table.parts.flatMap(({ files: own }) => own.map(({ path }) => path)),
    title: table.title,
    column,
    likely: column === guess ? found.labels : labelsOf(table, files, guess).labels,
    isNamed: first.guess.isNamed,
    files: { column: files, rival: chosen === likely.title ? (rival?.name ?? null) : null },
    shortRows: table.parts.reduce((sum, part) => sum + part.shortRows, 0),
    broken: table.parts
      .filter(({ brokenLines }) => brokenLines.length > 0)
      .map(({ title, brokenLines }) => ({ file: title, lines: brokenLines })),
    controls: [
      controlOf('labelTableFile', titles, [likely.title], choices, { verbatim: true }),
      controlOf('labelTableLabel', names, [guess], choices, { verbatim: true }),
    ],
  }
}

/** Each picture by the part that names it. */
function labelsOf({ parts }: LabelTable, files: string, labels: string): LabelsByTable {
  const found = parts.flatMap(({ columns, pictures }) => {
    const fileColumn = columns.find(({ name }) => name === files)
    const labelColumn = columns.find(({ name }) => name === labels)
    if (fileColumn === undefined || labelColumn === undefined) return []
    return [labelsByTable(pictures, fileColumn, labelColumn)]
  })
  const [first = { labels: [], unknown: [], contradicted: new Set<number>() }, ...more] = found
  if (more.length === 0) return first
  return {
    labels: first.labels.map(
      (label, place) =>
        label ?? more.map((part) => part.labels[place]).find((other) => other != null) ?? null,
    ),
    unknown: found.flatMap(({ unknown }) => unknown),
    contradicted: new Set(found.flatMap(({ contradicted }) => [...contradicted])),
  }
}

/** Every table, before them those that are one: `train.csv` and `test.csv` that both have labels. */
function tablesOf(parts: readonly TablePart[]): readonly LabelTable[] {
  const [first] = parts
  if (first === undefined) return []
  const file = first.guess.fileColumns[0]?.name ?? ''
  const label = first.guess.labelColumns[0]?.name ?? ''
  const named = new Set<number>()
  const together = parts.filter((part) => {
    const { columns, guess, pictures, title } = part
    const [files] = guess.fileColumns
    const isAlike = files?.name === file && guess.labelColumns[0]?.name === label
    if (files === undefined || !isAlike || NO_LABELS.test(title)) return false
    const labels = columns.find(({ name }) => name === label)
    const places = labels === undefined ? [] : placesIn(labelsByTable(pictures, files, labels))
    if (places.some((place) => named.has(place))) return false
    for (const place of places) named.add(place)
    return true
  })
  const single = parts.map((part) => tableOf([part]))
  return together.length > 1 && together.includes(first) ? [tableOf(together), ...single] : single
}

function placesIn({ labels }: LabelsByTable): readonly number[] {
  return labels.flatMap((label, place) => (label === null ? [] : [place]))
}

/** @param parts at least one */
function tableOf(parts: readonly TablePart[]): LabelTable {
  const [first] = parts
  const inAll = (columns: readonly TextColumn[] = []): readonly string[] =>
    columns
      .map(({ name }) => name)
      .filter((name) => parts.every((part) => part.columns.some((column) => column.name === name)))
  return {
    parts,
    title: parts.map(({ title }) => title).join(' + '),
    fileColumns: inAll(first?.guess.fileColumns),
    labelColumns: inAll(first?.guess.labelColumns),
    columns: inAll(first?.columns),
  }
}

/** Tables that name pictures, the one that names most of them first, and paths of those that name others. */
async function readTables(
  others: readonly BundleFile[],
  paths: readonly string[],
  between: Between,
): Promise<{ readonly parts: readonly TablePart[]; readonly strangers: readonly string[] }> {
  const tables = others.filter(({ path }) => /\.(?:csv|tsv|tab)$/i.test(path))
  const lists = others.filter(({ path }) => /\.(?:txt|lst)$/i.test(path))
  const jsons = others.filter(({ path }) => isJsonName(path))
  const files = [tables, lists, jsons].flatMap((group) =>
    group.length <= MOST_TABLES ? group : [],
  )
  if (files.length === 0) return { parts: [], strangers: [] }
  const splits = splitsOf(paths)
  const all = new PictureIndex(paths)
  const found: TablePart[] = []
  const add = (readings: readonly TableInFiles[]): void => {
    const guesses = readings.flatMap((table) => guessesOf(table, all, splits))
    // Of equal ones the first: all pictures, then those of training.
    found.push(...guesses.toSorted(byHits).slice(0, 1))
  }
  const numbered: TableInFiles[] = []
  const names = new Set(paths.map((path) => baseName(path).toLowerCase()))
  const strangers: string[] = []
  for (const file of files) {
    if (file.size > MOST_BYTES || file.size === 0) continue
    const readings = await tablesIn(file, between)
    if (isNumbered(file.path)) numbered.push(...readings)
    add(readings)
    if (readings.some(({ columns }) => namesOnlyOthers(names, columns))) strangers.push(file.path)
  }
  const joined = numberedPictures(numbered)
  if (joined !== null) add([joined])
  const parts = found.toSorted(
    (a, b) => Number(NO_LABELS.test(a.title)) - Number(NO_LABELS.test(b.title)) || byHits(a, b),
  )
  return { parts, strangers }
}

/** What a table may say of all pictures, and of those of each split. */
function guessesOf(
  table: TableInFiles,
  all: PictureIndex,
  splits: readonly Split[],
): readonly TablePart[] {
  const { columns, files } = table
  const oneHot = oneHotColumn(columns)
  const listed = oneHot === null ? columns : [oneHot, ...columns]
  const title = files.map(({ path }) => baseName(path)).join(' + ')
  const folders = files.flatMap(({ path }) => foldersOf(path))
  // A table called after a split, or in its folder, is of its pictures.
  const own = splits.filter(
    ({ name }) => title.toLowerCase().includes(name.toLowerCase()) || folders.includes(name),
  )
  const indices = [all, ...new Set([...own, ...splits].map(({ pictures }) => pictures))]
  return indices.flatMap((pictures) => {
    const guess = guessLabelTable(pictures, columns, oneHot)
    return guess === null ? [] : [{ ...table, columns: listed, guess, pictures, title }]
  })
}

/** Whether a file may hold labels in JSON. */
function isJsonName(path: string): boolean {
  return /\.(?:json|jsonl|ndjson)$/i.test(path)
}

/** What a file may be as a table: JSON has several readings. */
async function tablesIn(file: BundleFile, between: Between): Promise<readonly TableInFiles[]> {
  const files = [file]
  if (isJsonName(file.path)) {
    const { tables, brokenLines } = await readJsonTables(file)
    return tables.map((columns) => ({ columns, files, shortRows: 0, brokenLines }))
  }
  const table = await readTextColumns(file, between)
  return table === null ? [] : [{ ...table, files, brokenLines: [] }]
}

function byHits(a: TablePart, b: TablePart): number {
  return b.guess.hits - a.guess.hits
}

/** Pictures in the folder of a split. */
interface Split {
  readonly name: string
  readonly pictures: PictureIndex
}

/** The pictures of each split, as a name may be that of a picture in several: those to be tested come last. */
function splitsOf(paths: readonly string[]): readonly Split[] {
  const splits = paths.map((path) => foldersOf(path).find(isSplitName) ?? null)
  const names = [...new Set(splits)].filter((name) => name !== null)
  if (names.length < 2) return []
  return names
    .toSorted((a, b) => Number(/test/i.test(a)) - Number(/test/i.test(b)))
    .map((name) => ({
      name,
      pictures: new PictureIndex(paths.map((path, at) => (splits[at] === name ? path : null))),
    }))
}
