import type { EncodedTensor } from '../core/encoded-tensor'
import { deadChannels, maskedChannels, weightShape } from '../core/weight-shape'
import type { WeightTensor } from '../core/weight-tensor'
import type { WorkingTensor } from './technique'

/** What makes a layer lose much with little. */
export interface KernelFacts {
  /** Output channels: filters or neurons. */
  readonly channels: number
  /** Those that have nothing but zeros now, and had not before. */
  readonly dead: number
  /** Those of `dead` that pruning has left nothing of. */
  readonly pruned: number
  /** As in `WeightShape`. */
  readonly tail: number
  readonly spread: number
}

/** A kernel, and what became of it. */
export interface KernelPair {
  readonly before: WeightTensor
  readonly after: WorkingTensor
}

/** What may be behind a layer's error. */
export function kernelFacts(pairs: readonly KernelPair[]): KernelFacts {
  const shapes = pairs.map(({ before }) => weightShape(before))
  const dead = pairs.map(newlyDead)
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
  return {
    channels: sum(pairs.map(({ before }) => before.spec.channel.count)),
    dead: sum(dead.map(({ all }) => all)),
    pruned: sum(dead.map(({ pruned }) => pruned)),
    tail: Math.max(...shapes.map(({ tail }) => tail)),
    spread: Math.max(...shapes.map(({ spread }) => spread)),
  }
}

const dead = new WeakMap<EncodedTensor, { readonly all: number; readonly pruned: number }>()
const deadBefore = new WeakMap<Float32Array, number>()

function newlyDead({ before, after }: KernelPair): {
  readonly all: number
  readonly pruned: number
} {
  const { spec, values } = before
  let found = dead.get(after.encoded)
  if (found === undefined) {
    const old =
      deadBefore.get(values) ?? deadChannels(spec.channel, { kind: 'float', spec, values })
    deadBefore.set(values, old)
    const all = deadChannels(spec.channel, after.encoded) - old
    const maskOf = after.maskBetween ?? after.mask?.subarray.bind(after.mask)
    const masked =
      maskOf === undefined ? 0 : maskedChannels(spec.channel, values.length, maskOf) - old
    found = { all: Math.max(0, all), pruned: Math.max(0, Math.min(all, masked)) }
    dead.set(after.encoded, found)
  }
  return found
}
