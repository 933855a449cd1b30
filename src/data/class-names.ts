import { StudioError } from '../core/errors'
import { shortText } from '../core/short-text'
import { wholeText } from '../files/whole-text'
import { valueOfText } from './text-value'

const MOST_NAMES = 100_000
/** Longer than any name; what is longer is another text. */
const LONGEST_NAME = 1000

/** What output 0 is called where the numbers of a list begin with 1. */
const BACKGROUND = 'background'
const IS_BACKGROUND = /^_*background_*$/i

/** Where files that say more than names keep them: Teachable Machine, Hugging Face, Keras, ml5, YOLO, COCO, Lobe. */
const places = [
  ...['labels', 'wordLabels', 'class_names', 'classNames', 'class_labels', 'classes', 'names'],
  ...['id2label', 'label2id', 'class_indices', 'mapStringToIndex', 'categories'],
] as const

/** What lists of objects call the number and the name of a class. */
const numberKeys = ['id', 'index', 'class_id', 'classId', 'label_id'] as const
const nameKeys = ['display_name', 'name', 'label', 'class_name', 'className'] as const

type JsonObject = Readonly<Record<string, unknown>>

/** The names of classes in their order. */
export interface ClassNames {
  readonly names: readonly string[]
  /** The number of the first one. Where it is 1, output 0 may be there for the background. */
  readonly first: 0 | 1
}

/**
 * Reads a list of names in whatever encoding.
 * @throws StudioError 'data/class-names'
 */
export async function readClassNames(file: string, bytes: Uint8Array): Promise<ClassNames> {
  const text = wholeText(bytes)
  if (text === null) throw refusal(file, 'what is no text')
  return parseClassNames(file, text)
}

/**
 * Reads the names of a model's outputs, in their order: one name a line, also with its number in front
 * ("0 cat"), a JSON list, a JSON object {"0": "cat"}, {"cat": 0} or, as Keras' ImageNet index has it,
 * {"0": ["n01440764", "tench"]}, a list of objects with number and name; or one of these inside the metadata
 * that common tools write, in JSON or YAML.
 * @throws StudioError 'data/class-names'
 */
export async function parseClassNames(file: string, text: string): Promise<ClassNames> {
  let value: unknown
  try {
    value = await valueOfText(file, text)
  } catch {
    const form = /\.ya?ml$/i.test(file) ? 'YAML' : 'JSON'
    throw refusal(file, `${form} that cannot be read`)
  }
  if (value === null) throw refusal(file, 'a text of another form')
  return classNamesIn(file, value)
}

/**
 * Reads the names of a model's outputs out of plain values, such as the metadata of a model; a text is one
 * name a line.
 * @throws StudioError 'data/class-names'
 */
export function classNamesIn(file: string, value: unknown): ClassNames {
  if (typeof value === 'string') return checked(file, unnumbered(value.split(/\r\n|\r|\n/)))
  const outer = isObject(value) ? namesWithin(value) : undefined
  // Settings are names with numbers as well: from 1 they are classes only where something says so.
  const areTold = outer !== undefined || /label|class/i.test(file)
  return checked(file, listed(file, outer ?? value, areTold))
}

/**
 * The names of a list for so many outputs, with the background where only the list, or only the model, has it.
 * @returns null where it has another number of names
 */
export function namesForOutputs(
  { names, first }: ClassNames,
  outputs: number,
): readonly string[] | null {
  if (names.length === outputs) return names
  if (first === 1 && names.length + 1 === outputs) return [BACKGROUND, ...names]
  const hasBackground = first === 0 && IS_BACKGROUND.test(names[0] ?? '')
  return hasBackground && names.length - 1 === outputs ? names.slice(1) : null
}

/** Names by their numbers, from 0. */
export function namesByNumber({ names, first }: ClassNames): readonly string[] {
  return first === 1 ? [BACKGROUND, ...names] : names
}

function checked(file: string, { names, first }: ClassNames): ClassNames {
  const clean = names.map((name) => name.trim())
  const endless =
    clean.length > MOST_NAMES || clean.some((name) => name === '' || name.length > LONGEST_NAME)
  if (clean.length < 2 || endless)
    throw refusal(file, clean.length < 2 ? `${clean.length} names` : 'an empty or endless list')
  return { names: clean, first }
}

function refusal(file: string, found: string): StudioError {
  return new StudioError('data/class-names', {
    file,
    expected: 'a name for each output',
    found: shortText(found),
  })
}

/** Takes numbers away where the lines are numbered from 0 or from 1, in any order: "0 cat", "1: dog". */
function unnumbered(lines: readonly string[]): ClassNames {
  const numbered = lines.map((line) => /^\s*(\d{1,6})\s*[\s:,;=]\s*(\S.*)$/.exec(line))
  const indices = numbered.map((match) => Number(match?.[1] ?? NaN))
  const start = Math.min(...indices.slice(0, MOST_NAMES))
  const names: string[] = []
  numbered.forEach((match, line) => {
    names[(indices[line] ?? NaN) - start] = match?.[2] ?? ''
  })
  const whole = (start === 0 || start === 1) && new Set(indices).size === lines.length
  return whole && names.length === lines.length && lines.length > 1
    ? { names, first: start === 1 ? 1 : 0 }
    : { names: lines, first: 0 }
}

/** What holds the names in metadata; undefined where the object is nothing but names itself. */
function namesWithin(json: JsonObject): unknown {
  for (const place of places) {
    const value = json[place]
    if (Array.isArray(value)) return value
    if (isObject(value)) return onlyList(value) ?? value
  }
  // ml5: the one output that is a class, each name with the row of ones and zeros that stands for it.
  const { outputs } = json
  const [output] = isObject(outputs) ? Object.values(outputs).filter(isObject) : []
  const legend = output?.['legend']
  if (!isObject(legend)) return output?.['uniqueValues']
  const ones = Object.entries(legend).map(([name, row]): [string, number] => [
    name,
    Array.isArray(row) ? row.indexOf(1) : -1,
  ])
  return Object.fromEntries(ones)
}

/** Lobe has a list of names under what it calls them: `{"Label": ["cat", "dog"]}`. */
function onlyList(value: JsonObject): readonly unknown[] | null {
  const [list, ...others] = Object.values(value)
  return Array.isArray(list) && others.length === 0 ? list : null
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listed(file: string, json: unknown, areTold: boolean): ClassNames {
  if (Array.isArray(json)) {
    const list = json.slice(0, MOST_NAMES + 1)
    if (list.length === 0 || !list.every(isObject))
      return { names: list.map((name) => textOf(file, name)), first: 0 }
    const items = list.map((item) => numberedName(file, item))
    // COCO leaves out numbers: their outputs are called by them.
    return ordered(file, items, String)
  }
  if (!isObject(json)) throw refusal(file, JSON.stringify(json))
  const all = Object.entries(json)
  const entries = all.map(([key, value]): [number, string] => {
    const forward = /^\d+$/.test(key)
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    const name: unknown = forward ? list.at(-1) : key
    const number = numberOf(forward ? key : value)
    if (number === null) throw refusal(file, `${key}: ${JSON.stringify(value)}`)
    return [number, textOf(file, name)]
  })
  const found = ordered(file, entries, () => '')
  if (found.first === 1 && !areTold && all.some(([key]) => !/^\d+$/.test(key)))
    throw refusal(file, JSON.stringify(json))
  return found
}

function numberedName(file: string, item: JsonObject): [number, string] {
  const number = numberOf(numberKeys.map((key) => item[key]).find((value) => value !== undefined))
  const name = nameKeys.map((key) => item[key]).find((value) => typeof value === 'string')
  if (number === null || name === undefined) throw refusal(file, JSON.stringify(item))
  return [number, textOf(file, name)]
}

/** A number of an output, also as digits. */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  const isNumber = typeof number === 'number' && Number.isInteger(number)
  return isNumber && number >= 0 && number < MOST_NAMES ? number : null
}

/** @param between what a number without a name is called; '' refuses it */
function ordered(
  file: string,
  entries: readonly (readonly [number, string])[],
  between: (number: number) => string,
): ClassNames {
  const names = new Map<number, string>()
  for (const [number, name] of entries) {
    const known = names.get(number)
    if (known !== undefined) throw refusal(file, `${number}: ${known}, ${name}`)
    names.set(number, name)
  }
  const first = names.has(0) ? 0 : 1
  const last = Math.max(0, ...names.keys())
  const numbers = Array.from({ length: last + 1 - first }, (_, at) => at + first)
  return { names: numbers.map((number) => names.get(number) ?? between(number)), first }
}

function textOf(file: string, name: unknown): string {
  if (typeof name !== 'string') throw refusal(file, JSON.stringify(name))
  return name
}
