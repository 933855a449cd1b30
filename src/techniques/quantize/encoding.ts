import type { AffineTensor, Codes, CodebookTensor } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import {
  forEachStretch,
  groupCount,
  groupsOfChannels,
  groupsOfInputs,
  oneGroup,
} from '../../core/group-layout'
import type { GroupLayout, Stretch } from '../../core/group-layout'
import { zeroRange } from '../../core/statistics'
import type { TensorSpec } from '../../core/tensor-spec'
import { DEFAULT_GROUP_SIZE } from './quantize-settings'
import type { Precision } from './quantize-settings'

/** What a scheme makes of a weight array. */
export interface Encoding {
  readonly tensor: AffineTensor | CodebookTensor
  /** Weights clamped to the first or last code. */
  readonly clipped: number
}

/** Weights in their groups, and the range of each group that codes are to cover. */
export interface RangedWeights {
  readonly spec: TensorSpec
  readonly values: Float32Array
  /** 1 = kept, or null. */
  readonly mask: Uint8Array | null
  readonly groups: GroupLayout
  readonly ranges: Ranges
}

/** The smallest array that holds codes of `bits` bits. */
export function newCodes(bits: number, length: number): Codes {
  return bits <= 8 ? new Uint8Array(length) : new Uint16Array(length)
}

/** Which weights of a tensor share a scale. */
export function groupsOf(
  spec: TensorSpec,
  length: number,
  { granularity, groupSize = DEFAULT_GROUP_SIZE }: Precision,
): GroupLayout {
  switch (granularity) {
    case 'perTensor':
      return oneGroup(length)
    case 'perChannel':
      return spec.channel.count === 1 ? oneGroup(length) : groupsOfChannels(spec.channel, length)
    case 'perGroup':
      return groupsOfInputs(spec, groupSize)
  }
}

/** The ends of each group's range; zero lies within. */
export interface Ranges {
  readonly low: Float32Array
  readonly high: Float32Array
}

/**
 * min(0, min w) and max(0, max w) of each group in one pass.
 * @throws StudioError 'quantize/non-finite' with the tensor and the first bad flat index
 */
export function rangesOf(spec: TensorSpec, values: Float32Array, groups: GroupLayout): Ranges {
  const count = groupCount(groups, values.length)
  const low = new Float32Array(count)
  const high = new Float32Array(count)
  if (count === 1) {
    const range = zeroRange(values)
    low[0] = range.low
    high[0] = range.high
  } else
    forEachStretch(groups, values.length, (stretch) => {
      if (stretch.run === 1) scanInterleaved(values, stretch, low, high)
      else scanRuns(values, stretch, low, high)
    })
  refuseNonFinite(spec, values, { low, high })
  return { low, high }
}

/**
 * NaN fails every comparison, so it is looked for by whoever scans weights; infinities show in the range.
 * @throws StudioError 'quantize/non-finite'
 */
export function refuseNonFinite(
  spec: TensorSpec,
  values: Float32Array,
  { low, high }: Ranges,
): void {
  if (low.every(Number.isFinite) && high.every(Number.isFinite)) return
  throw new StudioError('quantize/non-finite', {
    tensor: spec.name,
    index: values.findIndex((value) => !Number.isFinite(value)),
  })
}

function scanRuns(
  values: Float32Array,
  { start, end, first, count, run }: Stretch,
  low: Float32Array,
  high: Float32Array,
): void {
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++) {
      let min = low[group] ?? 0
      let max = high[group] ?? 0
      for (const stop = i + run; i < stop; i++) {
        const value = values[i] ?? 0
        if (value < min) min = value
        else if (value > max) max = value
        else if (value !== value) min = value
      }
      low[group] = min
      high[group] = max
    }
}

/** Groups vary fastest: one row of all of them after the other. */
function scanInterleaved(
  values: Float32Array,
  { start, end, first, count }: Stretch,
  low: Float32Array,
  high: Float32Array,
): void {
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++, i++) {
      const value = values[i] ?? 0
      if (value < (low[group] ?? 0)) low[group] = value
      else if (value > (high[group] ?? 0)) high[group] = value
      else if (value !== value) low[group] = value
    }
}

/** max |w| of each group. */
export function magnitudesOf(ranges: Ranges): Float64Array {
  const magnitudes = new Float64Array(ranges.high.length)
  for (let group = 0; group < magnitudes.length; group++)
    magnitudes[group] = Math.max(ranges.high[group] ?? 0, -(ranges.low[group] ?? 0))
  return magnitudes
}
