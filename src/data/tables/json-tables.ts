import type { BundleFile } from '../../files/file-bundle'
import { decodedOrNull } from '../../files/likely-encoding'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { wholeText } from '../../files/whole-text'
import { isImageName } from '../image-header'
import type { TextColumn } from './text-columns'

/** What is drawn on pictures has one of these keys: boxes and outlines, of which a picture has many. */
export const BOXES =
  /"(?:bbox(?:es)?|boxes|segmentation|keypoints|polygons?|regions|shapes|xmin|annotations)"\s*:/

/** Cells of all columns; 200,000 pictures with 50 columns have as many. */
const MOST_CELLS = 10_000_000

/** Where a list of rows may stand in an object, as pandas and StyleGAN write it. */
const PLACES = ['data', 'labels', 'rows', 'records', 'samples', 'items'] as const

type JsonObject = Readonly<Record<string, unknown>>
/** A row by the names of its columns. */
type Row = readonly (readonly [string, unknown])[]

/** What JSON may be as a table. */
export interface JsonTables {
  readonly tables: readonly (readonly TextColumn[])[]
  /** Numbers of the lines that are no JSON among others that are, from 1. */
  readonly brokenLines: readonly number[]
}

/**
 * Reads what may be a table in JSON: an object a line, a list of rows, columns as pandas writes them, or a map
 * by file or by class. Which of them it is shows whether a column names pictures.
 * @returns none where it is another kind of JSON, or says what is where in pictures
 * @throws StudioError 'open/not-read'
 */
export async function readJsonTables(file: BundleFile): Promise<JsonTables> {
  const bytes = await readBytes(file, 0, file.size)
  // JSON is UTF-8; only of a small file another encoding is looked for.
  const text = bytes.length > limits.namesBytes ? decodedOrNull(bytes, 'utf-8') : wholeText(bytes)
  if (text === null || BOXES.test(text)) return { tables: [], brokenLines: [] }
  const { value, brokenLines } = valueIn(text)
  const tables = rowsIn(value).flatMap((rows) => {
    const columns = columnsOf(rows)
    return columns.length < 2 || rows.length < 2 ? [] : [columns]
  })
  return { tables, brokenLines }
}

/** The value of a text; a list of those of its lines where it has one in each, or an object in most. */
function valueIn(text: string): {
  readonly value: unknown
  readonly brokenLines: readonly number[]
} {
  const whole = parsed(text)
  if (whole !== null) return { ...whole, brokenLines: [] }
  const values: unknown[] = []
  const brokenLines: number[] = []
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const found = parsed(line)
    if (found === null) brokenLines.push(at + 1)
    else values.push(found.value)
  }
  // Of JSON that is written over several lines and damaged, few lines are whole, and those are single values.
  const areObjects = values.length > brokenLines.length && values.every(isObject)
  return brokenLines.length === 0 || areObjects
    ? { value: values, brokenLines }
    : { value: null, brokenLines: [] }
}

/** null for a text that is no JSON. */
function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

function rowsIn(value: unknown): readonly (readonly Row[])[] {
  if (Array.isArray(value)) return [listedRows(value)]
  if (!isObject(value)) return []
  const { columns } = value
  if (Array.isArray(columns) && Array.isArray(value['data']))
    return [listedRows(value['data'], columns.map(String))]
  const lists = PLACES.flatMap((place) => {
    const list = value[place]
    return Array.isArray(list) && list.every((row) => typeof row === 'object') ? [list] : []
  })
  if (lists.length > 0) return lists.map((list) => listedRows(list))
  const inner = PLACES.flatMap((place) => {
    const map = value[place]
    return isObject(map) ? [map] : []
  })
  return [value, ...inner].flatMap(mapRows)
}

/** Maps by file, by column or by class. */
function mapRows(map: JsonObject): readonly (readonly Row[])[] {
  const entries = Object.entries(map)
  const values = entries.map(([, inner]) => inner)
  if (values.every(isObject)) return [byFile(entries), byColumn(values, entries)]
  if (values.every(Array.isArray)) return ofLists(entries)
  return values.every(isScalar) && !areClasses(entries) ? [byFile(entries)] : []
}

/** Objects, or lists of cells. */
function listedRows(list: readonly unknown[], names: readonly string[] = []): readonly Row[] {
  return list.flatMap((row): Row[] => {
    if (isObject(row)) return [fieldsOf(row)]
    if (!Array.isArray(row)) return []
    return [row.map((cell: unknown, at) => [names[at] ?? `column ${at + 1}`, cell])]
  })
}

/** Fields of a row, those of objects in it with both names. */
function fieldsOf(row: JsonObject): Row {
  return Object.entries(row).flatMap(([name, value]): Row =>
    isObject(value)
      ? Object.entries(value).map(([key, cell]) => [`${name}.${key}`, cell])
      : [[name, value]],
  )
}

/** `{"1.png": "cat"}`, `{"1.png": {"label": "cat"}}`. */
function byFile(entries: Row): readonly Row[] {
  return entries.map(([key, value]) => [
    ['file', key],
    ...(isObject(value) ? fieldsOf(value) : [['label', value] as const]),
  ])
}

/** `{"file": {"0": "1.png"}, "label": {"0": "cat"}}`, as pandas writes a table unless told otherwise. */
function byColumn(values: readonly JsonObject[], entries: Row): readonly Row[] {
  const [first = {}] = values
  const rows = Object.keys(first)
  // Columns of one table have as many rows.
  if (values.some((column) => Object.keys(column).length !== rows.length)) return []
  return rows.map((row) => entries.map(([name], column) => [name, values[column]?.[row]]))
}

/** `{"file": ["1.png"], "label": ["cat"]}`, `{"cat": ["1.png"], "dog": ["2.png"]}`, `{"1.png": ["cat"]}`. */
function ofLists(entries: Row): readonly (readonly Row[])[] {
  const lists = entries.map(([name, list]) => [name, list as readonly unknown[]] as const)
  const cells = lists.flatMap(([, list]) => list)
  if (cells.every((cell) => typeof cell === 'string' && isImageName(cell)))
    return [
      lists.flatMap(([label, list]) =>
        list.map((cell): Row => [
          ['file', cell],
          ['label', label],
        ]),
      ),
    ]
  const first = lists[0]?.[1] ?? []
  if (lists.some(([, { length }]) => length !== first.length)) return [byFile(entries)]
  const rows = first.map((_, row): Row => lists.map(([name, list]) => [name, list[row]]))
  return [byFile(entries), rows]
}

/** `{"0": "cat", "1": "dog"}` names classes: each is another one. */
function areClasses(entries: Row): boolean {
  const values = new Set(entries.map(([, value]) => value))
  return values.size === entries.length && entries.every(([key]) => /^\d+$/.test(key))
}

/** Columns of single values, in the order in which they come up; what a row lacks is ''. */
function columnsOf(rows: readonly Row[]): readonly TextColumn[] {
  const columns = new Map<string, string[]>()
  const others = new Set<string>()
  for (const [at, row] of rows.entries())
    for (const [name, value] of row) {
      const cell: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
      if (!isScalar(cell)) others.add(name)
      let cells = columns.get(name)
      if (cells === undefined) {
        if ((columns.size + 1) * rows.length > MOST_CELLS) return []
        cells = rows.map(() => '')
        columns.set(name, cells)
      }
      cells[at] = isScalar(cell) ? String(cell ?? '') : ''
    }
  return [...columns]
    .filter(([name]) => !others.has(name))
    .map(([name, cells]) => ({ name, cells }))
}

function isScalar(value: unknown): value is string | number | boolean | null | undefined {
  return value === null || typeof value !== 'object'
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
