import { StudioError } from '../core/errors'

const MOST_NAMES = 100_000

/**
 * Reads the names of a model's outputs, in their order: one name a line, a JSON list, or a JSON object
 * {"0": "cat"}, {"cat": 0} or, as Keras' ImageNet index has it, {"0": ["n01440764", "tench"]}.
 * @throws StudioError 'data/class-names'
 */
export function parseClassNames(file: string, text: string): readonly string[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  const names = /^[[{]/.test(trimmed) ? fromJson(file, trimmed) : trimmed.split(/\r\n|\r|\n/)
  const clean = names.map((name) => name.trim())
  if (clean.length < 2 || clean.length > MOST_NAMES || clean.includes(''))
    throw refusal(file, clean.length < 2 ? `${clean.length} names` : 'an empty or endless list')
  return clean
}

function refusal(file: string, found: string): StudioError {
  return new StudioError('data/class-names', { file, expected: 'a name for each output', found })
}

function fromJson(file: string, text: string): string[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw refusal(file, 'JSON that cannot be read')
  }
  if (Array.isArray(json)) return json.map((name) => textOf(file, name))
  const names: string[] = []
  for (const [key, value] of Object.entries<unknown>(json as Record<string, unknown>)) {
    const forward = /^\d+$/.test(key)
    const index = forward ? Number(key) : value
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    const name: unknown = forward ? list.at(-1) : key
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= MOST_NAMES)
      throw refusal(file, `${key}: ${JSON.stringify(value)}`)
    names[index] = textOf(file, name)
  }
  return Array.from(names, (name) => (name as string | undefined) ?? '')
}

function textOf(file: string, name: unknown): string {
  if (typeof name !== 'string') throw refusal(file, JSON.stringify(name))
  return name
}

/**
 * For each class of the data the output of the model with the same name, -1 where none has. Case,
 * spaces and punctuation do not count.
 */
export function matchClasses(
  dataClasses: readonly string[],
  modelClasses: readonly string[],
): number[] {
  const outputs = new Map(modelClasses.map((name, index) => [plain(name), index]))
  return dataClasses.map((name) => outputs.get(plain(name)) ?? -1)
}

function plain(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
