import type { OutputNames } from '../core/model-summary'
import { wholeText } from '../files/whole-text'
import { classNamesIn, parseClassNames } from './class-names'

/** What came with a model and may name its outputs. */
export interface NameSources {
  /** `userDefinedMetadata` of the file itself. */
  readonly metadata: object | null
  /** The file that it stands in. */
  readonly file: string
  readonly companions: readonly { readonly path: string; readonly bytes: Uint8Array }[]
}

interface FoundNames {
  /** Names that fit the outputs. */
  readonly names: OutputNames | null
  /** The first list that was read and does not fit; null where one fits. */
  readonly misfit: { readonly file: string; readonly count: number } | null
  /** A file whose names would fit as well and are others; they are not used. */
  readonly rival: string | null
}

/**
 * Reads the names of a model's outputs from what came with it: its own metadata first, then the files
 * beside it. A file that cannot be read as names is none; one that has another number of names than the
 * model outputs is passed over.
 * @param outputs how many names the model needs
 */
export function namesOfModel(
  { metadata, file, companions }: NameSources,
  outputs: number,
): FoundNames {
  const lists = [
    ...placesIn(metadata).map((place) => read(file, () => classNamesIn(file, place))),
    ...companions.map(({ path, bytes }) =>
      read(path, () => parseClassNames(path, wholeText(bytes) ?? '')),
    ),
  ].filter((list) => list !== null)
  const names = lists.find((list) => list.names.length === outputs) ?? null
  const [first] = lists
  const misfit =
    names !== null || first === undefined ? null : { file: first.file, count: first.names.length }
  const said = (list: OutputNames): string => JSON.stringify(list.names)
  const rival = lists.find(
    (list) => names !== null && list.names.length === outputs && said(list) !== said(names),
  )
  return { names, misfit, rival: rival?.file ?? null }
}

/** Metadata and the objects in them: the stock converter puts each file of `--metadata` under a key of its own. */
function placesIn(metadata: object | null): readonly object[] {
  if (metadata === null) return []
  const inner: readonly unknown[] = Array.isArray(metadata) ? [] : Object.values(metadata)
  return [metadata, ...inner.map(unpacked).filter(isPlainObject)]
}

/** Metadata may hold a text that is JSON itself. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Neither names nor text is no fault here: nobody has said that these are names. */
function read(file: string, parse: () => readonly string[]): OutputNames | null {
  try {
    return { names: parse(), file }
  } catch {
    return null
  }
}
