import { groupCount, groupOf, hasBlocks } from '../../../../core/group-layout'
import type { AffineTensor } from '../../../../core/encoded-tensor'
import { elementCount } from '../../../../core/tensor-spec'
import type { ExportTensor } from '../../../exporter'

/** Codes of a weight from -128 to 127 with a step for each output channel. */
export interface IntegerKernel {
  readonly shape: readonly number[]
  /** Of output channels. */
  readonly axis: number
  readonly codes: Int8Array
  readonly scale: Float32Array
  /** The codes of the settings themselves, and no rounded values. */
  readonly isKept: boolean
}

/** How an operator reads a weight. */
export interface KernelUse {
  /** Sides in the file. */
  readonly held: readonly number[]
  readonly perm: readonly number[]
  readonly axis: number
  /** What each output channel is multiplied by; null: nothing. */
  readonly factor: Float64Array | null
  /** The least step of each output channel, for a bias that has to be so many steps of it; null: any. */
  readonly least: Float64Array | null
}

/** Of signed codes of 8 bits, the same on both sides of zero. */
const MOST = 127

/**
 * A weight as kernels for whole numbers take it: its own codes where they fit, those of the settings; else its values rounded to
 * 255 equal steps for each output channel.
 * @param values decoded, as they lie in the file
 */
export function integerKernel(
  tensor: ExportTensor,
  values: Float32Array,
  use: KernelUse,
): IntegerKernel {
  const own = 'kind' in tensor && tensor.kind === 'affine' ? keptCodes(tensor, use) : null
  return own ?? roundedCodes(values, use)
}

/** Sides of a weight as it is read, and where each of its numbers lies in the file. */
class Turned {
  readonly shape: readonly number[]
  readonly channels: number
  private readonly inner: number
  private readonly steps: readonly number[]

  constructor({ axis, held, perm }: KernelUse) {
    this.shape = perm.map((from) => held[from] ?? 1)
    this.channels = this.shape[axis] ?? 1
    this.inner = elementCount(this.shape.slice(axis + 1))
    this.steps = perm.map((from) => elementCount(held.slice(from + 1)))
  }

  /** @param visit told the place as it is read, that in the file, and the output channel */
  each(visit: (at: number, from: number, channel: number) => void): void {
    const { channels, inner, shape, steps } = this
    const place = shape.map(() => 0)
    const length = elementCount(shape)
    for (let at = 0, from = 0; at < length; at++) {
      visit(at, from, Math.floor(at / inner) % channels)
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const next = (place[axis] ?? 0) + 1
        const [side = 1, step = 1] = [shape[axis], steps[axis]]
        from += step
        if (next < side) {
          place[axis] = next
          break
        }
        place[axis] = 0
        from -= side * step
      }
    }
  }
}

/** @returns null where they are too many, or their steps lie otherwise than output channels do */
function keptCodes(tensor: AffineTensor, use: KernelUse): IntegerKernel | null {
  const { codes, fromFile, groups, mask, scale, zeroPoint } = tensor
  const isWhole = zeroPoint.every(Number.isInteger)
  if (fromFile !== undefined || !isWhole || hasBlocks(groups)) return null
  const turned = new Turned(use)
  const found = new Int8Array(codes.length)
  const steps = new Float32Array(turned.channels).fill(NaN)
  const isOne = groupCount(groups, codes.length) === 1
  let misfits = 0
  turned.each((at, from, channel) => {
    const group = isOne ? 0 : groupOf(groups, from)
    const factor = use.factor?.[channel] ?? 1
    const step = Math.fround((scale[group] ?? 0) * Math.abs(factor))
    const own = mask?.[from] === 0 ? 0 : (codes[from] ?? 0) - (zeroPoint[group] ?? 0)
    const code = factor < 0 ? -own : own
    const known = steps[channel] ?? NaN
    const isOther = !Number.isNaN(known) && known !== step
    if (code < -MOST - 1 || code > MOST || isOther) misfits++
    steps[channel] = step
    found[at] = code
  })
  const isLong = steps.every((step, channel) => step > 0 && step >= (use.least?.[channel] ?? 0))
  if (misfits > 0 || !isLong) return null
  return { shape: turned.shape, axis: use.axis, codes: found, scale: steps, isKept: true }
}

function roundedCodes(values: Float32Array, use: KernelUse): IntegerKernel {
  const turned = new Turned(use)
  const largest = new Float64Array(turned.channels)
  const valueOf = (from: number, channel: number): number =>
    (values[from] ?? 0) * (use.factor?.[channel] ?? 1)
  turned.each((_, from, channel) => {
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(valueOf(from, channel)))
  })
  const scale = Float32Array.from(largest, (most, channel) => {
    const step = Math.max(Math.fround(most / MOST), use.least?.[channel] ?? 0)
    return step > 0 ? step : 1
  })
  const codes = new Int8Array(values.length)
  turned.each((at, from, channel) => {
    const code = Math.round(valueOf(from, channel) / (scale[channel] ?? 1))
    codes[at] = Math.max(-MOST, Math.min(MOST, code))
  })
  return { shape: turned.shape, axis: use.axis, codes, scale, isKept: false }
}

/** What a normalisation behind a product makes of it: `y = product * factor + shift`, in double precision. */
export interface FoldedNorm {
  readonly factor: Float64Array
  readonly bias: Float64Array
}

/** Numbers of a batch normalisation, and the bias before it; one for each channel. */
export interface NormNumbers {
  readonly factor: Float32Array
  readonly shift: Float32Array
  readonly mean: Float32Array
  readonly variance: Float32Array
  readonly epsilon: number
  readonly bias: Float32Array | null
}

export function foldedNorm(numbers: NormNumbers): FoldedNorm {
  const { bias, epsilon, mean, shift, variance } = numbers
  const factor = Float64Array.from(
    numbers.factor,
    (value, at) => value / Math.sqrt((variance[at] ?? 0) + epsilon),
  )
  return {
    factor,
    bias: factor.map(
      (value, at) => (shift[at] ?? 0) + ((bias?.[at] ?? 0) - (mean[at] ?? 0)) * value,
    ),
  }
}
