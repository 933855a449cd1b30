import { expect, it } from 'vitest'
import { decode, decodeRange } from '../../core/encoded-tensor'
import type { TensorSpec } from '../../core/tensor-spec'
import { encode, quantize } from '../quantize/quantize'
import type { QuantizeSettings } from '../quantize/quantize-settings'
import { untouched } from '../technique'
import type { WorkingTensor } from '../technique'
import { prune } from './prune'
import { pruneMeta } from './prune.meta'

const LENGTH = 2 ** 22 + 1

const spec: TensorSpec = {
  name: 'long/kernel',
  shape: [LENGTH],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'long',
  layerKind: 'dense',
  channel: { count: 1, inner: 1 },
}

function pattern(length: number): Float32Array {
  const values = new Float32Array(length)
  // Zeros of both signs among them.
  for (let at = 0; at < length; at++)
    values[at] = at % 11 === 0 ? -0 : ((at * 7919) % 4001) / 2e3 - 1
  return values
}

/** The first place where two lists are not the same, bit for bit; -1 where there is none. */
function firstApart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.min(a.length, b.length)
  for (let at = 0; at < a.length; at++) if (!Object.is(a[at], b[at])) return at
  return -1
}

it.each(['magnitude', 'random'] as const)(
  'a tensor that is most of a large model is pruned when it is read, to the same weights and codes: %s',
  (method) => {
    const long = untouched({ spec, values: pattern(LENGTH) })
    const settings = { ...pruneMeta.defaultConfig, method, value: 0.4 }
    const [todo] = prune.plan([long], settings, { seed: 42 })
    if (todo === undefined || todo.action === 'skip') throw new Error('nothing to do')
    const pruned = (): WorkingTensor => prune.apply(long, todo)
    const once = pruned()
    const mask = once.mask ?? new Uint8Array()
    expect(Object.getOwnPropertyDescriptor(once, 'values')).toBeUndefined()
    expect(decode(once.encoded)).toBe(once.values)
    const wanted = new Float32Array(LENGTH)
    let count = 0
    for (let at = 0; at < LENGTH; at++) {
      const value = long.values[at] ?? 0
      const isKept = todo.action === 'magnitude' ? Math.abs(value) > todo.threshold : mask[at] === 1
      if (isKept) count++
      // Of two zeros one is left.
      wanted[at] = isKept && value !== 0 ? value : 0
    }
    expect(count / LENGTH).toBeCloseTo(0.6, 1)
    expect(firstApart(once.values, wanted)).toBe(-1)
    for (const [from, to] of [
      [0, 5],
      [2 ** 20 - 3, 2 ** 20 + 3],
      [LENGTH - 2, LENGTH],
    ] as const)
      expect(firstApart(decodeRange(pruned().encoded, from, to), wanted.subarray(from, to))).toBe(
        -1,
      )
    const plan: QuantizeSettings = {
      action: 'quantize',
      scheme: 'affine',
      symmetry: 'asymmetric',
      granularity: 'perTensor',
      bits: 8,
    }
    const { encoded, clipped } = quantize.apply(pruned(), plan)
    const whole = encode(spec, wanted, mask, plan)
    if (encoded.kind !== 'affine') throw new Error('no codes')
    const { codes, ...about } = encoded
    const { codes: wantedCodes, ...wantedAbout } = whole.tensor
    expect(firstApart(codes, wantedCodes)).toBe(-1)
    expect(about).toEqual(wantedAbout)
    expect(clipped).toBe(whole.clipped)
  },
)
