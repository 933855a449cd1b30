import { StudioError } from '../../core/errors'
import { shapeText } from '../../core/shape-text'
import { shortText } from '../../core/short-text'
import type { Shape } from '../../graph/values'

/**
 * Why nobody can tell which numbers of an output stand for which sample; null: its rows are samples, or only running
 * it shows.
 * @param samples that it takes at once; null: any number
 * @param output its whole shape
 */
export function rowsFault(
  file: string,
  samples: number | null,
  output: { readonly name: string; readonly shape: Shape } | undefined,
): StudioError | null {
  const [rows] = output?.shape ?? []
  const isOfSamples = samples === null ? rows !== undefined : rows === null || rows === samples
  if (output === undefined || isOfSamples) return null
  return new StudioError('open/other-rows', {
    ...{ file, output: shortText(output.name), found: shapeText(output.shape) },
    samples: samples ?? 1,
  })
}
