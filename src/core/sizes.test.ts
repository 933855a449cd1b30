import { readFileSync } from 'node:fs'
import { deflateSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { countNonZeroBytes } from './byte-counts'
import { countCodes } from './code-counts'
import type { EncodedTensor } from './encoded-tensor'
import { groupsOfChannels, oneGroup } from './group-layout'
import { createRandom } from './random'
import { computedSizes, symbolEntropy, totalSizes } from './sizes'
import type { TensorSpec } from './tensor-spec'

const kindNames = ['affine', 'masked', 'codebook', 'float'] as const

interface GoldenSizes {
  readonly zeros: number
  readonly float32: number
  readonly bitPacked: number
  readonly sparse: number
  readonly entropyBound: number
}

interface GoldenCase {
  readonly bits: number
  readonly codes: readonly number[]
  readonly kept: string
  readonly kinds: Readonly<Record<(typeof kindNames)[number], GoldenSizes>>
}

const golden = JSON.parse(readFileSync('golden/sizes.json', 'utf8')) as {
  readonly cases: readonly GoldenCase[]
}

function specOf(length: number, count = 1): TensorSpec {
  return {
    name: 'k',
    shape: [length],
    dtype: 'float32',
    role: 'kernel',
    layerName: 'k',
    layerKind: 'dense',
    channel: { count, inner: 1 },
  }
}

function build(kind: (typeof kindNames)[number], source: GoldenCase): EncodedTensor {
  const { bits } = source
  const spec = specOf(source.codes.length)
  const codes = bits <= 8 ? Uint8Array.from(source.codes) : Uint16Array.from(source.codes)
  const zero = 2 ** (bits - 1)
  const groups = oneGroup(codes.length)
  const affine = {
    kind: 'affine',
    spec,
    bits,
    codes,
    groups,
    scale: Float32Array.of(0.5),
  } as const
  switch (kind) {
    case 'affine':
      return { ...affine, zeroPoint: Float64Array.of(zero), mask: null }
    case 'masked':
      return {
        ...affine,
        zeroPoint: Float64Array.of(zero - 0.5),
        mask: Uint8Array.from(source.kept, Number),
      }
    case 'codebook': {
      const levels = Float32Array.from({ length: 2 ** bits }, (_, code) => code - zero)
      return { kind: 'codebook', spec, bits, codes, groups, levels }
    }
    case 'float':
      return { kind: 'float', spec, values: Float32Array.from(source.codes, (c) => c - zero) }
  }
}

describe.each(golden.cases.map((source, index) => ({ index, source })))(
  'golden case $index',
  ({ source }) => {
    it.each(kindNames)('%s', (kind) => {
      const tensor = build(kind, source)
      const { zeros, ...sizes } = source.kinds[kind]
      expect(computedSizes(tensor)).toEqual(sizes)
      expect(countCodes(tensor).zeros).toBe(zeros)
    })
  },
)

describe('sizes', () => {
  it('add up over tensors', () => {
    const [first, second] = golden.cases
    if (first === undefined || second === undefined) throw new Error('no cases')
    const tensors = [build('affine', first), build('float', second)]
    const sum = totalSizes(tensors)
    for (const key of ['float32', 'bitPacked', 'sparse', 'entropyBound'] as const)
      expect(sum[key]).toBe(first.kinds.affine[key] + second.kinds.float[key])
  })

  it.each([
    // [runs of zeros before a weight, index bits that win, entries with fillers]
    { runs: Array<number>(20).fill(31), gap: 5, entries: 20 },
    { runs: [...Array<number>(19).fill(31), 32], gap: 5, entries: 21 },
    { runs: Array<number>(20).fill(255), gap: 8, entries: 20 },
    { runs: [...Array<number>(19).fill(255), 256], gap: 8, entries: 21 },
    { runs: [...Array<number>(19).fill(255), 513], gap: 8, entries: 22 },
  ])('count a filler for each full gap: $gap bits, $entries entries', ({ runs, gap, entries }) => {
    const codes = Uint8Array.from(runs.flatMap((run) => [...Array<number>(run).fill(3), 7]))
    const tensor: EncodedTensor = {
      kind: 'affine',
      spec: specOf(codes.length),
      bits: 4,
      codes,
      groups: oneGroup(codes.length),
      scale: Float32Array.of(1),
      zeroPoint: Float64Array.of(3),
      mask: null,
    }
    expect(computedSizes(tensor).sparse).toBe(Math.ceil((entries * (gap + 4)) / 8) + 6)
  })

  it('count zeros where each channel has its own zero point', () => {
    const tensor: EncodedTensor = {
      kind: 'affine',
      spec: specOf(6, 3),
      bits: 2,
      codes: Uint8Array.of(1, 2, 3, 0, 2, 3),
      groups: groupsOfChannels({ count: 3, inner: 1 }, 6),
      scale: Float32Array.of(1, 0.5, 2),
      zeroPoint: Float64Array.of(1, 2, 0),
      mask: null,
    }
    expect(countCodes(tensor).zeros).toBe(3)
    expect(computedSizes(tensor).bitPacked).toBe(2 + 3 * 6)
  })

  it('count two doubles where a file brought its own scale and min', () => {
    const tensor: EncodedTensor = {
      kind: 'affine',
      spec: specOf(4),
      bits: 8,
      codes: Uint8Array.of(0, 3, 3, 6),
      groups: oneGroup(4),
      scale: Float32Array.of(0.1),
      zeroPoint: Float64Array.of(3),
      fromFile: { scale: 0.1, min: -0.3 },
      mask: null,
    }
    expect(computedSizes(tensor).bitPacked).toBe(4 + 16)
    // 3 * 0.1 - 0.3 is not zero in double precision.
    expect(countCodes(tensor).zeros).toBe(0)
    expect(computedSizes(tensor).sparse).toBe(4 + Math.ceil(4 / 8) + 16)
  })

  it.each([0, 0.5, 0.95])('bound what deflate makes of floats, sparsity %d', (sparsity) => {
    const random = createRandom(7)
    const values = Float32Array.from({ length: 50_000 }, () => {
      const value = 0.05 * random.normal()
      return random.uniform() < sparsity ? 0 : value
    })
    const zip = deflateSync(new Uint8Array(values.buffer), { level: 9 }).length
    const bound = computedSizes({ kind: 'float', spec: specOf(50_000), values }).entropyBound
    expect(bound).toBeLessThan(zip)
    expect(bound).toBeGreaterThan(0.65 * zip)
  })

  it('count the bytes of floats that are not zero, whichever sign zero has', () => {
    const values = Float32Array.of(1, 0, -1, -0, 2)
    const counts = countNonZeroBytes({ kind: 'float', spec: specOf(5), values })
    expect(counts.map((position) => position[0])).toEqual([3, 3, 1, 0])
    // 1, -1, 2 are 3f800000, bf800000, 40000000.
    expect([counts[2]?.[0x80], counts[3]?.[0x3f], counts[3]?.[0xbf], counts[3]?.[0x40]]).toEqual([
      2, 1, 1, 1,
    ])
    const bits = 5 * symbolEntropy([2, 3]) + 3 * (symbolEntropy([1, 2]) + Math.log2(3))
    expect(computedSizes({ kind: 'float', spec: specOf(5), values }).entropyBound).toBe(
      Math.ceil(bits / 8),
    )
  })

  it('of an empty tensor are only its tables', () => {
    const tensor: EncodedTensor = { kind: 'float', spec: specOf(0), values: new Float32Array(0) }
    expect(computedSizes(tensor)).toEqual({ float32: 0, bitPacked: 0, sparse: 0, entropyBound: 0 })
  })
})

describe('entropy', () => {
  it.each([
    [[], 0],
    [[7], 0],
    [[5, 5], 1],
    [[1, 1, 1, 1, 0], 2],
    [[3, 1], 2 - 0.75 * Math.log2(3)],
  ])('of %j is %d bits', (counts, bits) => {
    expect(symbolEntropy(counts)).toBeCloseTo(bits, 12)
  })
})
