import { describe, expect, it } from 'vitest'
import { encode } from '../techniques/quantize/quantize'
import { removeSmall } from '../techniques/prune/removal'
import { deflateSmallest } from './deflate/deflate-smallest'
import { estimateDeflatedBytes } from './deflate-estimate'
import type { StoredEntry, EntryForm } from './deflate-estimate'
import { decode } from './encoded-tensor'
import type { EncodedTensor } from './encoded-tensor'
import { numberToFloat16 } from './float16'
import { createRandom } from './random'
import { selectMagnitude } from './selection'
import type { TensorSpec } from './tensor-spec'

const COUNT = 120_000
const spec: TensorSpec = {
  name: 'k',
  shape: [COUNT / 100, 100],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'k',
  layerKind: 'dense',
  channel: { count: 100, inner: 1 },
}

function randomWeights(distribution: string): Float32Array {
  const random = createRandom(1234)
  return Float32Array.from({ length: COUNT }, () => {
    if (distribution === 'Gaussian') return 0.05 * random.normal()
    const u = random.uniform() - 0.5
    return -0.05 * Math.sign(u) * Math.log(1 - 2 * Math.abs(u))
  })
}

function deflatedBytes(tensor: EncodedTensor, form: EntryForm): number {
  const restored = decode(tensor)
  const stored =
    form === 'float32'
      ? restored
      : form === 'float16'
        ? Uint16Array.from(restored, numberToFloat16)
        : tensor.kind === 'float'
          ? restored
          : tensor.codes
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
  const running = deflateSmallest(bytes, false)
  for (;;) {
    const next = running.next()
    if (next.done === true) return next.value?.length ?? bytes.length
  }
}

const tensors = ['Gaussian', 'Laplace'].flatMap((distribution) =>
  [0, 0.6, 0.92].map((sparsity) => ({ distribution, sparsity })),
)

describe.each(tensors)(
  '$distribution weights, sparsity $sparsity',
  ({ distribution, sparsity }) => {
    const original = randomWeights(distribution)
    const pruned =
      sparsity === 0
        ? { values: original, mask: null }
        : removeSmall(original, selectMagnitude([original], Math.round(sparsity * COUNT)))
    const float: EncodedTensor = { kind: 'float', spec, values: pruned.values }
    const coded = (
      scheme: 'linear' | 'affine' | 'mean',
      bits: number,
      perChannel = false,
    ): EncodedTensor =>
      encode(spec, pruned.values, pruned.mask, {
        action: 'quantize',
        bits,
        scheme,
        symmetry: 'asymmetric',
        granularity: perChannel ? 'perChannel' : 'perTensor',
      }).tensor

    it.each<[string, EntryForm, () => EncodedTensor]>([
      ['floats', 'float32', () => float],
      ['floats', 'float16', () => float],
      ['affine 3 bits', 'uint8', () => coded('affine', 3)],
      ['affine 5 bits', 'uint8', () => coded('affine', 5)],
      ['affine 8 bits', 'uint8', () => coded('affine', 8)],
      ['affine 11 bits', 'uint16', () => coded('affine', 11)],
      ['linear 2 bits', 'float32', () => coded('linear', 2)],
      ['mean 4 bits', 'float32', () => coded('mean', 4)],
      ['affine 5 bits', 'float16', () => coded('affine', 5)],
      ['affine 4 bits a channel', 'float32', () => coded('affine', 4, true)],
      ['mean 6 bits a channel', 'float16', () => coded('mean', 6, true)],
    ])('%s as %s: within 15 % of the file', (_, form, build) => {
      const tensor = build()
      const real = deflatedBytes(tensor, form)
      const estimate = estimateDeflatedBytes([{ tensor, form }])
      expect(Math.abs(estimate / real - 1), `${estimate} for ${real}`).toBeLessThan(0.15)
    })
  },
)

describe('estimates', () => {
  it('add up, and are nothing for nothing', () => {
    const values = randomWeights('Gaussian')
    const float: EncodedTensor = { kind: 'float', spec, values }
    const entry = { tensor: float, form: 'float32' } as const
    const one = estimateDeflatedBytes([entry])
    expect(Math.abs(estimateDeflatedBytes([entry, entry]) - 2 * one)).toBeLessThanOrEqual(1)
    const empty: EncodedTensor = { kind: 'float', spec, values: new Float32Array(0) }
    expect(estimateDeflatedBytes([{ tensor: empty, form: 'float32' }])).toBe(0)
    expect(estimateDeflatedBytes([])).toBe(0)
  })

  it('see a constant tensor shrink to almost nothing', () => {
    const values = new Float32Array(COUNT)
    const tensor: EncodedTensor = { kind: 'float', spec, values }
    const estimate = estimateDeflatedBytes([{ tensor, form: 'float32' }])
    expect(estimate / values.byteLength).toBeLessThan(0.01)
  })

  it('follow the largest tensors of each kind', () => {
    const random = createRandom(2)
    const entry = (count: number, zeros: number): StoredEntry => {
      const values = Float32Array.from({ length: count }, () =>
        random.uniform() < zeros ? 0 : random.normal(),
      )
      return { tensor: { kind: 'float', spec, values }, form: 'float32' }
    }
    const one = estimateDeflatedBytes([entry(50_000, 0.9)])
    const many = [entry(50_000, 0.9), entry(100, 0), entry(100, 0), entry(100, 0)]
    expect(estimateDeflatedBytes(many) / one).toBeCloseTo(1, 1)
  })
})
