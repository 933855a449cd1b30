import { wholeText } from '../files/whole-text'
import { valueOfText } from './text-value'

/** What came with a model and may say what its outputs are called and how it wants pictures. */
export interface ModelSources {
  /** `userDefinedMetadata` of the file itself. */
  readonly metadata: object | null
  /** What ml5 writes into the file. */
  readonly ml5Specs: object | null
  /** The file that these stand in. */
  readonly file: string
  readonly companions: readonly { readonly path: string; readonly bytes: Uint8Array }[]
}

/** One of them as plain values. */
export interface Told {
  readonly file: string
  /** Of a file that is neither JSON, YAML nor a label map its text. */
  readonly value: unknown
  /** Objects in it: the stock converter puts each file of `--metadata` under a key of its own. */
  readonly inner: readonly object[]
  /** Whether it stands in the model's own file. */
  readonly isOwn: boolean
}

/**
 * Reads what came with a model, its own metadata first, in whatever encoding. What cannot be read says
 * nothing; nobody has promised that it does.
 */
export async function toldBeside(sources: ModelSources): Promise<readonly Told[]> {
  const { metadata, ml5Specs, file, companions } = sources
  const told: Told[] = []
  for (const own of [metadata, ml5Specs]) {
    if (own === null) continue
    const value = await unpackedIn(own)
    told.push({ file, value, inner: objectsIn(value), isOwn: true })
  }
  for (const { path, bytes } of companions) {
    try {
      const value = await valueOfText(path, wholeText(bytes) ?? '')
      told.push({ file: path, value, inner: objectsIn(value), isOwn: false })
    } catch {
      continue
    }
  }
  return told
}

function objectsIn(value: unknown): readonly object[] {
  return isPlainObject(value) ? Object.values(value).filter(isPlainObject) : []
}

/** Metadata may hold texts that are JSON themselves, or what Python prints; in files of ONNX every value is a text. */
async function unpackedIn(value: object): Promise<object> {
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value).map(
    async ([key, held]) => [key, typeof held === 'string' ? await unpacked(held) : held] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

async function unpacked(text: string): Promise<unknown> {
  const trimmed = text.trim()
  if (/^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true'
  if (!/^[[{]/.test(trimmed)) return text
  try {
    return JSON.parse(trimmed)
  } catch {
    // A dict of Python, {0: 'cat'}, is YAML.
    return valueOfText('.yaml', trimmed).catch(() => text)
  }
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
