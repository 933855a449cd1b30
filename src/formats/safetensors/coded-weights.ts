/** Key of `__metadata__` under which the studio says what its tensors are. */
export const STUDIO_KEY = 'compression_studio'

/**
 * How codes become weights again, as JSON in the metadata; `codes`, `scale`, `zero_point` and `levels` are names of
 * tensors of the same file. Weight i of the row-major tensor is in group
 *
 *     row   = i // (count * inner)
 *     group = (row // axis * ceil(axis / block) + row % axis // block) * count + i // inner % count
 *
 * and is scale[group] * (code - zero_point[group]), computed as code * scale - scale * zero_point in float64 and rounded
 * once, or levels[group * 2 ** bits + code]. The code `zero`, where there is one, means 0.
 */
export interface CodesInFile {
  readonly codes: string
  readonly bits: number
  readonly count: number
  readonly inner: number
  readonly block: number
  readonly axis: number
  readonly scale?: string
  readonly zero_point?: string
  readonly levels?: string
  readonly zero?: number
}

/** What stands under `STUDIO_KEY`. */
export interface StudioMetadata {
  readonly version: 1
  /** All weights of the file in the order of the model; null: its floats or bytes as they are. */
  readonly weights: readonly (readonly [name: string, codes: CodesInFile | null])[]
}
