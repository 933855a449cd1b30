import type { Sliding } from '../../graph/operators'
import { movesOf, inRows, sameMargin } from '../../graph/sides/window-moves'
import { NoStep } from './ground'
import type { Places, Windowed } from './step'

interface Sides {
  /** Of one sample, channels last. */
  readonly read: readonly number[]
  readonly given: readonly number[]
  readonly window: readonly number[]
}

/** Pictures before the places that a window goes over, and how it does. @throws NoStep for rooms and dilations */
export function windowedOf(
  sliding: Sliding,
  { read, given, window }: Sides,
  layer: string,
): { readonly images: number; readonly windows: Windowed } {
  const count = window.length
  const { strides, dilations, padding } = movesOf(sliding)
  if (count > 2) throw new NoStep(layer, 'windows of more than two places')
  if (dilations.some((dilation) => dilation !== 1)) throw new NoStep(layer, 'dilations')
  const first = read.length - count - 1
  const placesOf = (sides: readonly number[]): Places => pair(inRows(sides.slice(first, -1), 1))
  const [image, out] = [placesOf(read), placesOf(given)]
  const size = pair(inRows(window, 1))
  const by = pair(strides)
  const [top, left] =
    typeof padding === 'object'
      ? [padding.begin[0] ?? 0, padding.begin[1] ?? 0]
      : [
          sameMargin(padding, image.height, size.height, by.height)[0],
          sameMargin(padding, image.width, size.width, by.width)[0],
        ]
  if (top < 0 || left < 0) throw new NoStep(layer, 'places that no window reads')
  const images = read.slice(0, first).reduce((product, side) => product * side, 1)
  return { images, windows: { image, out, window: size, strides: by, top, left } }
}

function pair([height = 1, width = 1]: readonly number[]): Places {
  return { height, width }
}

/** The picture with its padding, as far as windows reach. */
export function paddedPlaces({ image, out, window, strides, top, left }: Windowed): Places {
  const height = (out.height - 1) * strides.height + window.height
  const width = (out.width - 1) * strides.width + window.width
  const isPlain = top === 0 && left === 0 && height <= image.height && width <= image.width
  return isPlain ? image : { height, width }
}
