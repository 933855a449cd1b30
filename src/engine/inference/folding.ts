import type { ValueName } from '../../graph/values'
import type { Folded } from './step'

/** The numbers of a weight, as they are now. */
export type Numbers = (name: ValueName) => ArrayLike<number>

/** y = x * scale + offset for each channel, in double precision. */
export interface Scaling {
  readonly scale: Float64Array
  readonly offset: Float64Array
}

/** All that is folded, one after the other, into one factor and one summand of each channel. */
export function scalingOf(
  folded: readonly Folded[],
  bias: ValueName | null,
  channels: number,
  numbers: Numbers,
): Scaling {
  const scale = new Float64Array(channels).fill(1)
  const offset = new Float64Array(channels)
  if (bias !== null) addTo(offset, numbers(bias), 1)
  for (const each of folded) {
    switch (each.kind) {
      case 'normalize': {
        const [mean, variance] = [numbers(each.mean), numbers(each.variance)]
        const gamma = each.scale === null ? null : numbers(each.scale)
        const beta = each.offset === null ? null : numbers(each.offset)
        for (let c = 0; c < channels; c++) {
          const factor = (gamma?.[c] ?? 1) / Math.sqrt((variance[c] ?? 0) + each.epsilon)
          scale[c] = (scale[c] ?? 0) * factor
          offset[c] = ((offset[c] ?? 0) - (mean[c] ?? 0)) * factor + (beta?.[c] ?? 0)
        }
        break
      }
      case 'add':
        addTo(offset, numbers(each.by), 1)
        break
      case 'subtract':
        addTo(offset, numbers(each.by), -1)
        break
      case 'multiply': {
        const by = numbers(each.by)
        for (let c = 0; c < channels; c++) {
          const factor = by[by.length === 1 ? 0 : c] ?? 0
          scale[c] = (scale[c] ?? 0) * factor
          offset[c] = (offset[c] ?? 0) * factor
        }
        break
      }
      case 'affine':
        for (let c = 0; c < channels; c++) {
          scale[c] = (scale[c] ?? 0) * each.scale
          offset[c] = (offset[c] ?? 0) * each.scale + each.offset
        }
    }
  }
  return { scale, offset }
}

/** One number goes to all channels. */
function addTo(offset: Float64Array, numbers: ArrayLike<number>, sign: number): void {
  for (let c = 0; c < offset.length; c++)
    offset[c] = (offset[c] ?? 0) + sign * (numbers[numbers.length === 1 ? 0 : c] ?? 0)
}

/** Floats of the panels of a product: of eight columns each, a last one of four where no more are left. */
export function panelFloats(taps: number, filters: number): number {
  const rest = filters % 8
  return (taps + 1) * (filters - rest + (rest === 0 ? 0 : rest > 4 ? 8 : 4))
}

interface Kernel {
  readonly values: ArrayLike<number>
  readonly taps: number
  readonly filters: number
  /** [filters, taps], else [taps, filters]. */
  readonly isTurned: boolean
}

/** Writes [bias, then the taps] of each panel of some filters, scaled and rounded once; columns that are missing are zero. */
export function packPanels(
  { values, taps, filters, isTurned }: Kernel,
  part: { readonly first: number; readonly count: number },
  { scale, offset }: Scaling,
  to: Float32Array,
): void {
  const [tapStep, filterStep] = isTurned ? [1, taps] : [filters, 1]
  let at = 0
  const end = part.first + part.count
  for (let first = part.first; first < end; first += 8) {
    const count = Math.min(8, end - first)
    const width = count > 4 ? 8 : 4
    for (let o = 0; o < width; o++) {
      const factor = o < count ? (scale[first + o] ?? 0) : 0
      to[at + o] = o < count ? (offset[first + o] ?? 0) : 0
      let from = (first + o) * filterStep
      let place = at + width + o
      for (let tap = 0; tap < taps; tap++) {
        to[place] = o < count ? (values[from] ?? 0) * factor : 0
        from += tapStep
        place += width
      }
    }
    at += (taps + 1) * width
  }
}
