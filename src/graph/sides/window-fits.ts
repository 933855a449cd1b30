import type { Margin, Moves } from './window-moves'

/** Less than any value that a model computes: what stands around pictures of which the most is taken. */
export const LEAST = -3.4028234663852886e38

/** How often a window fits along one axis, and how many places it reaches beyond the margins. */
export interface Fit {
  readonly count: number
  readonly beyond: number
}

/** @param ceil one that begins inside counts, also where it reaches over the end */
export function fitOf(
  side: number,
  reach: number,
  stride: number,
  [before, behind]: Margin,
  ceil: boolean,
): Fit {
  const steps = (side + before + behind - reach) / stride
  let count = Math.floor(steps) + 1
  if (ceil) {
    const last = Math.ceil(steps)
    // One that would begin behind all that is there, or in the margin, is none.
    count = last * stride < side + before ? last + 1 : last
  }
  return { count, beyond: Math.max(0, (count - 1) * stride + reach - side - before - behind) }
}

/** A window along one axis. */
export interface Along {
  readonly side: number
  readonly stride: number
  readonly dilation: number
}

export function alongs(sides: readonly number[], moves: Moves): Along[] {
  return sides.map((side, at) => ({
    side,
    stride: moves.strides[at] ?? 1,
    dilation: moves.dilations[at] ?? 1,
  }))
}

/** Of each window along one axis, how many places count. */
export function countsAlong(
  side: number,
  window: Along,
  { count }: Fit,
  [before, behind]: Margin,
  countsPadding: boolean,
): number[] {
  const [from, to] = countsPadding ? [0, before + side + behind] : [before, before + side]
  return Array.from({ length: count }, (_, at) => {
    const places = Array.from(
      { length: window.side },
      (_place, step) => at * window.stride + step * window.dilation,
    )
    return places.filter((place) => place >= from && place < to).length
  })
}

/** All places of a window, row by row, as steps along each axis. */
export function placesOf(sides: readonly number[]): readonly (readonly number[])[] {
  let offsets: number[][] = [[]]
  for (const side of sides)
    offsets = offsets.flatMap((offset) => Array.from({ length: side }, (_, at) => [...offset, at]))
  return offsets
}

/**
 * By what a mean over all places of each window becomes one over those that count, row by row; where none does, its steps lead
 * over all there is, and the mean is 0, as the runtime of ONNX says.
 */
export function sharesOf(all: number, each: readonly (readonly number[])[]): number[] {
  let counts = [1]
  for (const own of each) counts = counts.flatMap((count) => own.map((more) => count * more))
  return counts.map((count) => (count === 0 ? 0 : all / count))
}
