import type { Places, StepOf } from './step'
import { paddedPlaces, skippedBy } from './windowed'

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
  /** Stretches of one patch, and the floats of each. */
  readonly runs: number
  readonly length: number
  readonly rowsPerBlock: number
}

export function productLayoutOf(step: StepOf<'product'>): ProductLayout {
  const { windows, channels } = step
  const { image, out } = windows
  const padded = paddedPlaces(windows)
  const rows = out.height * out.width
  const imageFloats = padded.height * padded.width * channels
  const group = Math.max(
    1,
    Math.min(Math.floor(GROUP_FLOATS / imageFloats), Math.floor(GROUP_ROWS / rows)),
  )
  const taps = tapsOf(step)
  const isKept = ((taps + 1) * step.filters) / step.groups <= KEPT_PANEL_FLOATS
  const tiles = Math.max(1, Math.floor(BLOCK_FLOATS / taps / ROWS_OF_TILES))
  return {
    ...{ padded, rows, imageFloats, group },
    // Also where windows reach as far as the picture does, but begin before it.
    isPadded: padded !== image,
    ...stretchesOf(step, padded),
    rowsPerBlock: isKept ? tiles * ROWS_OF_TILES : group * rows,
  }
}

/** Numbers that one filter reads. */
export function tapsOf({ windows, channels, groups }: StepOf<'product'>): number {
  return (windows.window.height * windows.window.width * channels) / groups
}

/** Channels of one place, or also the places of a row and all rows, where these follow each other. */
function stretchesOf(
  { windows, channels, groups }: StepOf<'product'>,
  padded: Places,
): Pick<ProductLayout, 'runs' | 'length'> {
  const { dilations, window } = windows
  const isRow = groups === 1 && (dilations.width === 1 || window.width === 1)
  const isAll =
    isRow && window.width === padded.width && (dilations.height === 1 || window.height === 1)
  const runs = isAll ? 1 : isRow ? window.height : window.height * window.width
  return { runs, length: (window.height * window.width * channels) / groups / runs }
}

/** Bytes from the end of each stretch of a patch to the next one, and nothing behind the last. */
export function writeGaps(
  { windows, channels }: StepOf<'product'>,
  { padded, runs, length }: ProductLayout,
  to: Uint32Array,
): void {
  const { dilations, window } = windows
  const inRow = runs === window.height * window.width ? window.width : 1
  const startOf = (run: number): number =>
    (Math.floor(run / inRow) * dilations.height * padded.width + (run % inRow) * dilations.width) *
    channels
  for (let run = 0; run < runs; run++)
    to[run] = run + 1 === runs ? 0 : 4 * (startOf(run + 1) - startOf(run) - length)
}

/** Where the patch of each row begins, in bytes behind the first picture. */
export function writeTable(
  windows: StepOf<'product'>['windows'],
  { padded, imageFloats, group }: ProductLayout,
  channels: number,
  to: Uint32Array,
): void {
  const { out, strides } = windows
  const { height, width } = skippedBy(windows)
  const first = height * padded.width + width
  let at = 0
  for (let n = 0; n < group; n++)
    for (let y = 0; y < out.height; y++)
      for (let x = 0; x < out.width; x++)
        to[at++] =
          4 *
          (n * imageFloats +
            (first + y * strides.height * padded.width + x * strides.width) * channels)
}
