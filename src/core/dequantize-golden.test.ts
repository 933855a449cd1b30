import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decode } from './encoded-tensor'
import type { AffineTensor } from './encoded-tensor'
import { groupCount, groupOf, groupsOfChannels, oneGroup } from './group-layout'
import type { GroupLayout } from './group-layout'
import { elementCount } from './tensor-spec'

interface GoldenCase {
  readonly bits: number
  readonly granularity: 'perTensor' | 'perChannel'
  readonly seed: number
  readonly restored: string
}

interface GoldenBlocks {
  readonly bits: number
  readonly shape: readonly number[]
  readonly axis: number
  readonly block: number
  readonly seed: number
  readonly groups: number
  readonly restored: string
}

const golden = JSON.parse(readFileSync('golden/dequantize.json', 'utf8')) as {
  readonly rows: number
  readonly channels: number
  readonly cases: readonly GoldenCase[]
  readonly blocked: readonly GoldenBlocks[]
}

/** The generator of `golden/make_dequantize.py`. */
function generator(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return Math.floor(((state >>> 8) * limit) / 2 ** 24)
  }
}

/** A whole array from one stream, in the order in which NumPy draws. */
function draw(below: (limit: number) => number, limit: number, count: number): number[] {
  return Array.from({ length: count }, () => below(limit))
}

function tensorOf({ bits, granularity, seed }: GoldenCase): AffineTensor {
  const { rows, channels } = golden
  const length = rows * channels
  const shape = [rows, channels]
  return granularity === 'perTensor'
    ? drawTensor(seed, bits, shape, oneGroup(length))
    : drawTensor(seed, bits, shape, groupsOfChannels({ count: channels, inner: 1 }, length))
}

function blockedTensor({ bits, shape, axis, block, seed }: GoldenBlocks): AffineTensor {
  const count = elementCount(shape.slice(axis + 1))
  return drawTensor(seed, bits, shape, { count, inner: 1, block, axis: shape[axis] ?? 0 })
}

function drawTensor(
  seed: number,
  bits: number,
  shape: readonly number[],
  groups: GroupLayout,
): AffineTensor {
  const length = elementCount(shape)
  const below = generator(seed)
  const count = groupCount(groups, length)
  const mantissas = draw(below, 2 ** 23, count)
  const exponents = draw(below, 7, count)
  const words = Uint32Array.from(mantissas, (mantissa, i) =>
    Number((BigInt(117 + (exponents[i] ?? 0)) << 23n) | BigInt(mantissa)),
  )
  const zeroPoint = Float64Array.from(draw(below, 2 ** bits, count))
  const codes = draw(below, 2 ** bits, length)
  return {
    kind: 'affine',
    spec: {
      name: 'w',
      shape,
      dtype: 'float32',
      role: 'kernel',
      layerName: 'w',
      layerKind: 'dense',
      channel: { count: 1, inner: length },
    },
    bits,
    codes: bits <= 8 ? Uint8Array.from(codes) : Uint16Array.from(codes),
    groups,
    scale: new Float32Array(words.buffer),
    zeroPoint,
    mask: null,
  }
}

describe('decoding is what ONNX Runtime computes', () => {
  it('in every width from 2 to 16 bits', () => {
    const widths = new Set(golden.cases.map(({ bits, granularity }) => `${bits} ${granularity}`))
    expect(widths.size).toBe(30)
    expect(golden.rows * golden.channels).toBeGreaterThan(100_000)
  })

  it.each(golden.cases)('$bits bits, $granularity: bit for bit', (expected) => {
    const tensor = tensorOf(expected)
    expect(hashOf(decode(tensor))).toBe(expected.restored)
    expect(differing(tensor)).toBe(0)
  })

  it.each(golden.blocked)('blocks along axis $axis of $shape, $bits bits', (expected) => {
    const tensor = blockedTensor(expected)
    expect(tensor.scale).toHaveLength(expected.groups)
    expect(hashOf(decode(tensor))).toBe(expected.restored)
    expect(differing(tensor)).toBe(0)
  })
})

function hashOf(restored: Float32Array): string {
  // -0 and 0 are the same weight.
  const bytes = new Uint8Array(restored.map((value) => value + 0).buffer)
  return createHash('sha256').update(bytes).digest('hex')
}

/** How many weights ONNX's formula restores differently, which a hash would not count. */
function differing(tensor: AffineTensor): number {
  return decode(tensor).filter((value, i) => {
    const group = groupOf(tensor.groups, i)
    const distance = Math.fround((tensor.codes[i] ?? 0) - (tensor.zeroPoint[group] ?? 0))
    return value !== Math.fround(distance * (tensor.scale[group] ?? 0))
  }).length
}
