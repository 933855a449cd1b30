import { liveAt } from './arena'
import type { InferencePlan, Value } from './plan'

/** Where the values of the samples at hand lie. */
export type ValuesOf = (value: Value) => Float32Array

/** What is kept of all samples, in bytes: half of it at one place of the plan, half at another. */
const KEPT_BYTES = 2 ** 27
const PLACES = 2

/** What steps before a place have made of samples, with certain weights. */
interface Prefix {
  readonly at: number
  /** Of the weights of each of these steps. */
  readonly stamps: readonly string[]
  /** What later steps read of it. */
  readonly values: readonly Value[]
  /** Of each sample what it was, bit by bit, and then these values; by a hash of what it was. */
  readonly samples: Map<number, Float32Array[]>
  count: number
  readonly most: number
}

/**
 * Activations before the first step whose weights changed, for as long as nothing before changes and there is room. A
 * sample is known again by its numbers, all of them, and weights by arrays that no other was ever taken for: what is kept
 * is either what would be computed, bit by bit, or not used.
 */
export class KeptActivations {
  private prefixes: Prefix[] = []
  private target: Prefix | null = null
  private last: readonly string[] = []
  private readonly inputFloats: number

  constructor(
    private readonly plan: InferencePlan,
    private readonly mostBytes = KEPT_BYTES,
  ) {
    this.inputFloats = plan.inputs.reduce((sum, { size }) => sum + size, 0)
  }

  /** Told the weights of all steps, before samples go through them. */
  begin(stamps: readonly string[]): void {
    const first = stamps.findIndex((stamp, at) => stamp !== this.last[at])
    const isFirst = this.last.length === 0
    if (first < 0) return
    this.last = stamps
    const isValid = ({ at, stamps: own }: Prefix): boolean =>
      at <= stamps.length && own.every((stamp, step) => stamp === stamps[step])
    if (isFirst || first === 0) {
      this.target = null
      return
    }
    const known = this.prefixes.find((prefix) => prefix.at === first && isValid(prefix))
    this.target = known ?? this.prefixAt(first, stamps)
    // Those that these weights do not fit go first, then those that save less.
    const others = this.prefixes
      .filter((prefix) => prefix !== this.target)
      .toSorted((a, b) => Number(isValid(b)) - Number(isValid(a)) || b.at - a.at)
    this.prefixes = [this.target, ...others].slice(0, PLACES)
  }

  /**
   * Puts back what is kept of all these samples.
   * @returns the step to go on with; 0: nothing is kept of one of them
   */
  restore(samples: number, valuesOf: ValuesOf): number {
    const usable = this.prefixes
      .filter(({ count, stamps }) => count > 0 && stamps.every((s, at) => s === this.last[at]))
      .toSorted((a, b) => b.at - a.at)
    for (const prefix of usable) {
      const found = this.samplesOf(samples, valuesOf).map((sample) => entryOf(prefix, sample))
      if (!found.every((entry) => entry !== null)) continue
      let offset = this.inputFloats
      for (const value of prefix.values) {
        const to = valuesOf(value)
        const { size } = value
        for (const [n, entry] of found.entries())
          to.set(entry.subarray(offset, offset + size), n * size)
        offset += size
      }
      return prefix.at
    }
    return 0
  }

  /** The inputs of each sample, for `keep`, where it will be wanted. */
  wanted(samples: number, valuesOf: ValuesOf): readonly Float32Array[] | null {
    return this.target === null ? null : this.samplesOf(samples, valuesOf)
  }

  /** Before a step: keeps what it and later ones read, if this is the place. */
  keep(at: number, inputs: readonly Float32Array[] | null, valuesOf: ValuesOf): void {
    const { target } = this
    if (target?.at !== at || inputs === null) return
    const made = target.values.map((value) => ({ size: value.size, values: valuesOf(value) }))
    for (const [n, sample] of inputs.entries()) {
      if (target.count >= target.most) return
      if (entryOf(target, sample) !== null) continue
      const floats = made.reduce((sum, { size }) => sum + size, sample.length)
      const entry = new Float32Array(floats)
      entry.set(sample)
      let offset = sample.length
      for (const { size, values } of made) {
        entry.set(values.subarray(n * size, (n + 1) * size), offset)
        offset += size
      }
      const key = hashOf(sample)
      target.samples.set(key, [...(target.samples.get(key) ?? []), entry])
      target.count++
    }
  }

  private prefixAt(at: number, stamps: readonly string[]): Prefix {
    const values = liveAt(this.plan, at)
    const floats = values.reduce((sum, { size }) => sum + size, this.inputFloats)
    const most = Math.floor(this.mostBytes / PLACES / 4 / floats)
    return { at, stamps: stamps.slice(0, at), values, samples: new Map(), count: 0, most }
  }

  /** Copies: the memory of inputs is somebody else's soon. */
  private samplesOf(samples: number, valuesOf: ValuesOf): Float32Array[] {
    const inputs = this.plan.inputs.map((input) => ({ size: input.size, all: valuesOf(input) }))
    return Array.from({ length: samples }, (_, n) => {
      const sample = new Float32Array(this.inputFloats)
      let offset = 0
      for (const { all, size } of inputs) {
        sample.set(all.subarray(n * size, (n + 1) * size), offset)
        offset += size
      }
      return sample
    })
  }
}

/** What is kept of exactly this sample. */
function entryOf({ samples }: Prefix, sample: Float32Array): Float32Array | null {
  const own = bitsOf(sample)
  for (const entry of samples.get(hashOf(sample)) ?? [])
    if (bitsOf(entry.subarray(0, sample.length)).every((bits, at) => bits === own[at])) return entry
  return null
}

/** NaN is itself, and 0 is not -0. */
function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length)
}

function hashOf(sample: Float32Array): number {
  let hash = 0x811c9dc5
  for (const bits of bitsOf(sample)) {
    hash = Math.imul(hash ^ bits, 0x01000193)
    hash ^= hash >>> 15
  }
  return hash
}
