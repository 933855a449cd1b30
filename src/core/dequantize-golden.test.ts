import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decode } from './encoded-tensor'
import type { AffineTensor } from './encoded-tensor'

interface GoldenCase {
  readonly bits: number
  readonly granularity: 'perTensor' | 'perChannel'
  readonly seed: number
  readonly restored: string
}

const golden = JSON.parse(readFileSync('golden/dequantize.json', 'utf8')) as {
  readonly rows: number
  readonly channels: number
  readonly cases: readonly GoldenCase[]
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
  const below = generator(seed)
  const count = granularity === 'perTensor' ? 1 : channels
  const mantissas = draw(below, 2 ** 23, count)
  const exponents = draw(below, 7, count)
  const words = Uint32Array.from(mantissas, (mantissa, i) =>
    Number((BigInt(117 + (exponents[i] ?? 0)) << 23n) | BigInt(mantissa)),
  )
  const zeroPoint = Float64Array.from(draw(below, 2 ** bits, count))
  const codes = draw(below, 2 ** bits, rows * channels)
  return {
    kind: 'affine',
    spec: {
      name: 'w',
      shape: [rows, channels],
      dtype: 'float32',
      role: 'kernel',
      layerName: 'w',
      layerKind: 'dense',
      channel: { count: channels, inner: 1 },
    },
    bits,
    codes: bits <= 8 ? Uint8Array.from(codes) : Uint16Array.from(codes),
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
    const restored = decode(tensor)
    const hash = createHash('sha256')
    hash.update(new Uint8Array(restored.map((value) => value + 0).buffer))
    expect(hash.digest('hex')).toBe(expected.restored)

    // The same by its formula, so that a difference would be counted.
    const scales = tensor.scale.length
    let differing = 0
    restored.forEach((value, i) => {
      const channel = i % scales
      const distance = Math.fround((tensor.codes[i] ?? 0) - (tensor.zeroPoint[channel] ?? 0))
      if (value !== Math.fround(distance * (tensor.scale[channel] ?? 0))) differing++
    })
    expect(differing).toBe(0)
  })
})
