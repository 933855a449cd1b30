import { expect, it } from 'vitest'
import { decode, decodeRange } from '../../core/encoded-tensor'
import type { Codes } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import { encode, quantize } from '../quantize/quantize'
import type { QuantizeSettings } from '../quantize/quantize-settings'
import { untouched } from '../technique'
import type { WorkingTensor } from '../technique'
import { prune } from './prune'
import { pruneMeta } from './prune.meta'

const spec: TensorSpec = {
  name: 'long/kernel',
  shape: [2 ** 22 + 1],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'long',
  layerKind: 'dense',
  channel: { count: 1, inner: 1 },
}

it.each(['magnitude', 'random'] as const)(
  'a tensor that is most of a large model is pruned when it is read, to the same weights: %s',
  (method) => {
    const pattern = (length: number) =>
      Float32Array.from({ length }, (_, at) => (at % 11 === 0 ? -0 : Math.sin(at)))
    const long = untouched({ spec, values: pattern(2 ** 22 + 1) })
    const settings = { ...pruneMeta.defaultConfig, method, value: 0.4 }
    const plans = prune.plan([long], settings, { seed: 42 })
    const once = prune.apply(long, plans[0] ?? { action: 'skip' })
    const kept = Uint8Array.from(once.mask ?? [])
    expect(Object.getOwnPropertyDescriptor(once, 'values')).toBeUndefined()
    expect(decode(once.encoded)).toBe(once.values)
    expect(kept.reduce((sum, one) => sum + one, 0) / kept.length).toBeCloseTo(0.6, 1)
    const wrong = once.values.findIndex((value, at) => {
      const wanted = kept[at] === 1 ? (long.values[at] ?? 0) : 0
      return !Object.is(value, wanted === 0 ? 0 : wanted)
    })
    expect(wrong).toBe(-1)
    for (const [from, to] of [
      [0, 5],
      [2 ** 20 - 3, 2 ** 20 + 3],
      [2 ** 22 - 1, 2 ** 22 + 1],
    ] as const) {
      const unread = prune.apply(long, plans[0] ?? { action: 'skip' })
      expect(decodeRange(unread.encoded, from, to)).toEqual(once.values.subarray(from, to))
    }
    const plan: QuantizeSettings = {
      action: 'quantize',
      scheme: 'affine',
      symmetry: 'asymmetric',
      granularity: 'perTensor',
      bits: 8,
    }
    const coded = quantize.apply(prune.apply(long, plans[0] ?? { action: 'skip' }), plan)
    const whole = encode(spec, once.values, once.mask, plan)
    expect(whole.tensor.codes.every((code, at) => codesOf(coded)[at] === code)).toBe(true)
    expect({ ...coded.encoded, codes: whole.tensor.codes }).toEqual(whole.tensor)
    expect(coded.clipped).toBe(whole.clipped)
    const [threshold] = plans.flatMap((plan) =>
      plan.action === 'magnitude' ? [plan.threshold] : [],
    )
    if (threshold !== undefined)
      expect(
        kept.every((one, at) => (one === 1) === Math.abs(long.values[at] ?? 0) > threshold),
      ).toBe(true)
  },
)

function codesOf({ encoded }: WorkingTensor): Codes {
  if (encoded.kind === 'float') throw new Error('no codes')
  return encoded.codes
}
