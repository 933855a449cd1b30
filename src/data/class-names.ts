import { StudioError } from '../core/errors'
import { shortText } from '../core/short-text'

const MOST_NAMES = 100_000
/** Longer than any name; what is longer is another text. */
const LONGEST_NAME = 1000

/** Where files that say more than names keep them: Teachable Machine, Hugging Face, Keras, ml5, YOLO. */
const places = [
  ...['labels', 'wordLabels', 'class_names', 'classNames', 'class_labels', 'classes', 'names'],
  ...['id2label', 'label2id', 'class_indices'],
] as const

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads the names of a model's outputs, in their order: one name a line, also with its number in front
 * ("0 cat"), a JSON list, or a JSON object {"0": "cat"}, {"cat": 0} or, as Keras' ImageNet index has it,
 * {"0": ["n01440764", "tench"]}; or one of these inside the metadata that common tools write.
 * @throws StudioError 'data/class-names'
 */
export function parseClassNames(file: string, text: string): readonly string[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (!/^[[{]/.test(trimmed)) return checked(file, unnumbered(trimmed.split(/\r\n|\r|\n/)))
  let json: unknown
  try {
    json = JSON.parse(trimmed)
  } catch {
    throw refusal(file, 'JSON that cannot be read')
  }
  return classNamesIn(file, json)
}

/**
 * Reads the names of a model's outputs out of JSON, such as the metadata of a model.
 * @throws StudioError 'data/class-names'
 */
export function classNamesIn(file: string, json: unknown): readonly string[] {
  const outer = isObject(json) ? namesWithin(json) : undefined
  return checked(file, listed(file, outer ?? json))
}

function checked(file: string, names: readonly string[]): readonly string[] {
  const clean = names.map((name) => name.trim())
  const endless =
    clean.length > MOST_NAMES || clean.some((name) => name === '' || name.length > LONGEST_NAME)
  if (clean.length < 2 || endless)
    throw refusal(file, clean.length < 2 ? `${clean.length} names` : 'an empty or endless list')
  return clean
}

function refusal(file: string, found: string): StudioError {
  return new StudioError('data/class-names', {
    file,
    expected: 'a name for each output',
    found: shortText(found),
  })
}

/** Takes numbers away where the lines are numbered from 0 or from 1, in any order: "0 cat", "1: dog". */
function unnumbered(lines: readonly string[]): readonly string[] {
  const numbered = lines.map((line) => /^\s*(\d{1,6})\s*[\s:,;=]\s*(\S.*)$/.exec(line))
  const indices = numbered.map((match) => Number(match?.[1] ?? NaN))
  const start = Math.min(...indices.slice(0, MOST_NAMES))
  const names: string[] = []
  numbered.forEach((match, line) => {
    names[(indices[line] ?? NaN) - start] = match?.[2] ?? ''
  })
  const whole = (start === 0 || start === 1) && new Set(indices).size === lines.length
  return whole && names.length === lines.length ? names : lines
}

/** What holds the names in metadata; undefined where the object is nothing but names itself. */
function namesWithin(json: JsonObject): unknown {
  for (const place of places) {
    const value = json[place]
    if (Array.isArray(value) || isObject(value)) return value
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

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listed(file: string, json: unknown): readonly string[] {
  if (Array.isArray(json)) return json.slice(0, MOST_NAMES + 1).map((name) => textOf(file, name))
  if (!isObject(json)) throw refusal(file, JSON.stringify(json))
  const names: string[] = []
  for (const [key, value] of Object.entries(json)) {
    const forward = /^\d+$/.test(key)
    const digits = typeof value === 'string' && /^\d+$/.test(value)
    const index = forward ? Number(key) : digits ? Number(value) : value
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    const name: unknown = forward ? list.at(-1) : key
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= MOST_NAMES)
      throw refusal(file, `${key}: ${JSON.stringify(value)}`)
    if (names[index] !== undefined)
      throw refusal(file, `${index}: ${names[index]}, ${String(name)}`)
    names[index] = textOf(file, name)
  }
  return Array.from(names, (name) => (name as string | undefined) ?? '')
}

function textOf(file: string, name: unknown): string {
  if (typeof name !== 'string') throw refusal(file, JSON.stringify(name))
  return name
}
