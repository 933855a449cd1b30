import { expect, it } from 'vitest'
import { countCodes } from '../../core/code-counts'
import { estimateDeflatedBytes } from '../../core/deflate-estimate'
import { decode, decodeRange } from '../../core/encoded-tensor'
import type { FloatTensor } from '../../core/encoded-tensor'
import { addEncodedToBins } from '../../core/histogram'
import { computedSizes } from '../../core/sizes'
import { errorPower } from '../../core/statistics'
import { deadChannels } from '../../core/weight-shape'
import type { TensorSpec } from '../../core/tensor-spec'
import { encode, quantize } from '../quantize/quantize'
import type { QuantizeSettings } from '../quantize/quantize-settings'
import { untouched } from '../technique'
import type { WorkingTensor } from '../technique'
import { prune } from './prune'
import { pruneMeta } from './prune.meta'

const LENGTH = 2 ** 22 + 1
const CHANNELS = 5

const spec: TensorSpec = {
  name: 'long/kernel',
  shape: [LENGTH / CHANNELS, CHANNELS],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'long',
  layerKind: 'dense',
  channel: { count: CHANNELS, inner: 1 },
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
    const floats: FloatTensor = { kind: 'float', spec, values: wanted }
    const unread = pruned().encoded
    if (unread.kind !== 'float') throw new Error('no floats')
    expect(countCodes(unread)).toEqual(countCodes(floats))
    expect(computedSizes(unread)).toEqual(computedSizes(floats))
    expect(deadChannels(spec.channel, unread)).toBe(0)
    const own = errorPower(long.values, unread).squaredError
    expect(own / errorPower(long.values, floats).squaredError).toBeCloseTo(1, 10)
    const bins = { min: -1, max: 1, count: 7 }
    const [found, counted] = [new Float64Array(7), new Float64Array(7)]
    addEncodedToBins(found, unread, bins)
    addEncodedToBins(counted, floats, bins)
    expect(found).toEqual(counted)
    const entry = (tensor: FloatTensor) => [{ tensor, form: 'float32' } as const]
    expect(estimateDeflatedBytes(entry(unread))).toBe(estimateDeflatedBytes(entry(floats)))
    for (const granularity of ['perTensor', 'perChannel'] as const) {
      const plan: QuantizeSettings = {
        ...{ action: 'quantize', scheme: 'affine', symmetry: 'asymmetric', bits: 8 },
        granularity,
      }
      const { encoded, clipped } = quantize.apply(pruned(), plan)
      const whole = encode(spec, wanted, mask, plan)
      if (encoded.kind !== 'affine') throw new Error('no codes')
      const { codes, ...about } = encoded
      const { codes: wantedCodes, ...wantedAbout } = whole.tensor
      expect(firstApart(codes, wantedCodes)).toBe(-1)
      expect(about).toEqual(wantedAbout)
      expect(clipped).toBe(whole.clipped)
    }
  },
)
