import { isDecoded } from '../../formats/exporter'
import type { DecodedReason, StoredKind } from '../../formats/exporter'
import { metaOf } from '../../techniques/catalog'
import type { Recipe } from '../../techniques/recipe'
import { isUntouched } from '../store/recipe-slice'
import { listed } from './joining'

type SizeReason =
  | 'asOpened'
  | 'uncoded'
  | 'pruneOnly'
  | 'decoded'
  | 'oneByte'
  | 'belowOneByte'
  | 'twoBytes'
  | 'oneOrTwoBytes'
  | 'elements'

/** Whether the sentence hangs on the kind of files: each has its own entries. */
export function isOfContainer(key: SizeReason): key is 'decoded' | 'belowOneByte' {
  return key === 'decoded' || key === 'belowOneByte'
}

/** Why the file has the size it has: key of the sentence, and the widths of codes that it names. */
export function sizeReason(
  kinds: readonly StoredKind[],
  recipe: Recipe,
): { readonly key: SizeReason; readonly bits: readonly number[] } {
  // Of files without a step too: another kind of file may have held their codes.
  if (decodedOf(kinds).tensors > 0) return { key: 'decoded', bits: [] }
  if (isUntouched(recipe)) return { key: 'asOpened', bits: [] }
  if (kinds.some(({ storedAs }) => /^u?int[24]$|^int(?:8|16)$/.test(storedAs)))
    return { key: 'elements', bits: [] }
  const bytes = kinds.filter(({ storedAs }) => storedAs === 'uint8').map(({ bits }) => bits ?? 8)
  const pairs = kinds.filter(({ storedAs }) => storedAs === 'uint16').map(({ bits }) => bits ?? 16)
  if (bytes.length > 0 && pairs.length > 0)
    return { key: 'oneOrTwoBytes', bits: [...bytes, ...pairs] }
  if (pairs.length > 0) return { key: 'twoBytes', bits: pairs }
  const below = bytes.filter((bits) => bits < 8)
  if (below.length > 0) return { key: 'belowOneByte', bits: below }
  if (bytes.length > 0) return { key: 'oneByte', bits: bytes }
  const removes = recipe.steps.some((step) => step.enabled && metaOf(step.technique).removes)
  return { key: removes ? 'pruneOnly' : 'uncoded', bits: [] }
}

/** What entries of a file are: 'float32', or several; for a sentence about quantized weights, theirs alone. */
export function entriesOf(kinds: readonly StoredKind[], key: SizeReason): string {
  const meant = key === 'elements' ? kinds.filter(({ reason }) => reason !== 'notQuantized') : kinds
  return listed([...new Set(meant.map(({ storedAs }) => storedAs))].sort())
}

/** What no entry of the file can hold, and how many of its tensors are written as decoded values for it. */
export function decodedOf(kinds: readonly StoredKind[]): {
  readonly reasons: readonly DecodedReason[]
  readonly tensors: number
  readonly all: number
} {
  const decoded = kinds.flatMap(({ reason, tensors }) =>
    isDecoded(reason) ? [{ reason, tensors }] : [],
  )
  return {
    reasons: [...new Set(decoded.map(({ reason }) => reason))],
    tensors: countOf(decoded),
    all: countOf(kinds),
  }
}

function countOf(kinds: readonly Pick<StoredKind, 'tensors'>[]): number {
  return kinds.reduce((sum, { tensors }) => sum + tensors, 0)
}
