import type { Sliding } from '../../graph/operators'
import { inRows, movesOf, reachOf, sameMargin } from '../../graph/sides/window-moves'
import { NoStep } from './ground'
import type { Places, Windowed } from './step'

interface Sides {
  /** Of one sample, channels last. */
  readonly read: readonly number[]
  readonly given: readonly number[]
  readonly window: readonly number[]
}

/** Pictures before the places that a window goes over, and how it does. @throws NoStep for rooms */
export function windowedOf(
  sliding: Sliding,
  { read, given, window }: Sides,
  layer: string,
): { readonly images: number; readonly windows: Windowed } {
  const count = window.length
  const { strides, dilations, padding } = movesOf(sliding)
  if (count > 2) throw new NoStep(layer, 'windows of more than two places')
  const first = read.length - count - 1
  const placesOf = (sides: readonly number[]): Places => pair(inRows(sides.slice(first, -1), 1))
  const [image, out] = [placesOf(read), placesOf(given)]
  const size = pair(inRows(window, 1))
  const by = pair(strides)
  const apart = pair(dilations)
  const reach = reachesOf(size, apart)
  const [top, left] =
    typeof padding === 'object'
      ? [padding.begin[0] ?? 0, padding.begin[1] ?? 0]
      : [
          sameMargin(padding, image.height, reach.height, by.height)[0],
          sameMargin(padding, image.width, reach.width, by.width)[0],
        ]
  if (top < 0 || left < 0) throw new NoStep(layer, 'places that no window reads')
  const images = read.slice(0, first).reduce((product, side) => product * side, 1)
  const windows = { image, out, window: size, strides: by, dilations: apart, top, left }
  return { images, windows }
}

function pair([height = 1, width = 1]: readonly number[]): Places {
  return { height, width }
}

function reachesOf(window: Places, dilations: Places): Places {
  return {
    height: reachOf(window.height, dilations.height),
    width: reachOf(window.width, dilations.width),
  }
}

/** Places of the picture before the first window. */
export function skippedBy({ top, left }: Windowed): Places {
  return { height: Math.max(0, -top), width: Math.max(0, -left) }
}

/** The picture with its padding, as far as windows reach. */
export function paddedPlaces(windows: Windowed): Places {
  const { image, out, strides, top, left } = windows
  const reach = reachesOf(windows.window, windows.dilations)
  const skipped = skippedBy(windows)
  const height = skipped.height + (out.height - 1) * strides.height + reach.height
  const width = skipped.width + (out.width - 1) * strides.width + reach.width
  const isPlain = top <= 0 && left <= 0 && height <= image.height && width <= image.width
  return isPlain ? image : { height, width }
}
