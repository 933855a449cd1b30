import { StudioError } from '../core/errors'
import { elementCount } from '../core/tensor-spec'
import type { ArraySamples } from './data-source'

/**
 * Refuses numbers that an embedding has no entry for, before anything runs.
 * @param known entries of the embedding; null: nobody knows
 * @throws StudioError 'data/token-range' with the first of them
 */
export function requireTokens(
  dataset: string,
  { origin, shape, values }: ArraySamples,
  known: number | null,
): void {
  if (known === null) return
  // As the embedding reads them: what is behind the point is cut off.
  const at = values.findIndex((value) => Math.trunc(value) < 0 || Math.trunc(value) >= known)
  if (at < 0) return
  const columns = elementCount(shape)
  const [sample, column] = [Math.floor(at / columns), at % columns]
  const row = origin?.rows?.[sample] ?? sample
  const part = origin?.parts?.findLast(({ rows }) => rows <= row)
  throw new StudioError('data/token-range', {
    file: part?.file ?? origin?.file ?? dataset,
    row: row - (part?.rows ?? 0) + 1,
    column: origin?.columns?.[column] ?? column + 1,
    expected: `0 … ${known - 1}`,
    found: values[at] ?? NaN,
  })
}
