import type { Places, StepOf } from './step'
import { paddedPlaces } from './windowed'

/** Pictures that are done at once with their padding stay in the second cache with it. */
const GROUP_FLOATS = 2 ** 16
const GROUP_ROWS = 2 ** 12
/** Rows of the left side that stay in the first cache while all panels pass. */
const BLOCK_FLOATS = 2 ** 12
/** Panels that stay in the second cache for all blocks of rows. */
const KEPT_PANEL_FLOATS = 2 ** 16
/** Whole tiles of either height. */
const ROWS_OF_TILES = 12

/** How the rows of a product are gone through. */
export interface ProductLayout {
  readonly padded: Places
  /** Rows of one picture. */
  readonly rows: number
  /** Floats of one picture with its padding. */
  readonly imageFloats: number
  readonly isPadded: boolean
  /** Pictures that are done at once. */
  readonly group: number
  readonly runs: number
  readonly length: number
  readonly runFloats: number
  readonly rowsPerBlock: number
}

export function productLayoutOf({ windows, channels, filters }: StepOf<'product'>): ProductLayout {
  const { image, out, window } = windows
  const padded = paddedPlaces(windows)
  const rows = out.height * out.width
  const imageFloats = padded.height * padded.width * channels
  const group = Math.max(
    1,
    Math.min(Math.floor(GROUP_FLOATS / imageFloats), Math.floor(GROUP_ROWS / rows)),
  )
  const taps = window.height * window.width * channels
  const isKept = (taps + 1) * filters <= KEPT_PANEL_FLOATS
  const tiles = Math.max(1, Math.floor(BLOCK_FLOATS / taps / ROWS_OF_TILES))
  return {
    ...{ padded, rows, imageFloats, group },
    // Also where windows reach as far as the picture does, but begin before it.
    isPadded: padded !== image,
    // Rows of a window that is as wide as its picture follow each other.
    ...(window.width === padded.width
      ? { runs: 1, length: taps, runFloats: 0 }
      : {
          runs: window.height,
          length: window.width * channels,
          runFloats: padded.width * channels,
        }),
    rowsPerBlock: isKept ? tiles * ROWS_OF_TILES : group * rows,
  }
}

/** Where the patch of each row begins, in bytes behind the first picture. */
export function writeTable(
  { out, strides }: StepOf<'product'>['windows'],
  { padded, imageFloats, group }: ProductLayout,
  channels: number,
  to: Uint32Array,
): void {
  let at = 0
  for (let n = 0; n < group; n++)
    for (let y = 0; y < out.height; y++)
      for (let x = 0; x < out.width; x++)
        to[at++] =
          4 * (n * imageFloats + (y * strides.height * padded.width + x * strides.width) * channels)
}
