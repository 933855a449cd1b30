import type { OutputNames } from '../core/model-summary'
import { classNamesIn, namesForOutputs } from './class-names'
import type { ClassNames } from './class-names'
import type { Told } from './told-beside'

interface FoundNames {
  /** Names that fit the outputs. */
  readonly names: OutputNames | null
  /** The first list that was read and does not fit; null where one fits. */
  readonly misfit: { readonly file: string; readonly count: number } | null
  /** A file whose names would fit as well and are others; they are not used. */
  readonly rival: string | null
}

/**
 * The names of a model's outputs out of what came with it: its own metadata first, then the files beside it.
 * What cannot be read as names is none; a list that has another number of names than the model outputs is
 * passed over.
 * @param outputs how many names the model needs
 */
export function namesOfModel(told: readonly Told[], outputs: number): FoundNames {
  const lists = told.flatMap(({ file, value, inner, isOwn }) =>
    (isOwn ? [value, ...inner] : [value]).flatMap((place) => {
      const list = read(file, place)
      return list === null ? [] : [{ file, list, names: namesForOutputs(list, outputs) }]
    }),
  )
  const fitting = lists.flatMap(({ file, names }) => (names === null ? [] : [{ file, names }]))
  const [names = null] = fitting
  const [first] = lists
  const misfit =
    names !== null || first === undefined
      ? null
      : { file: first.file, count: first.list.names.length }
  const said = (list: OutputNames): string => JSON.stringify(list.names)
  const rival = fitting.find((list) => names !== null && said(list) !== said(names))
  return { names, misfit, rival: rival?.file ?? null }
}

/** Neither names nor text is no fault here: nobody has said that these are names. */
function read(file: string, place: unknown): ClassNames | null {
  try {
    return classNamesIn(file, place)
  } catch {
    return null
  }
}
