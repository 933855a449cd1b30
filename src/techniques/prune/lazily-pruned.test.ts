import { expect, it } from 'vitest'
import { decode } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import { untouched } from '../technique'
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
    const [threshold] = plans.flatMap((plan) =>
      plan.action === 'magnitude' ? [plan.threshold] : [],
    )
    if (threshold !== undefined)
      expect(
        kept.every((one, at) => (one === 1) === Math.abs(long.values[at] ?? 0) > threshold),
      ).toBe(true)
  },
)
