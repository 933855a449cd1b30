import fc from 'fast-check'
import type { EncodedTensor } from '../../src/core/encoded-tensor'
import type { OpenedWeight } from '../../src/formats/format'

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 })

/** Any encoding of a weight that a technique could produce, and some that none does. */
export function encodings({ spec, values }: OpenedWeight): fc.Arbitrary<EncodedTensor> {
  const { length } = values
  const channels = fc.constantFrom(1, spec.channel.count)
  const codes = (bits: number): fc.Arbitrary<Uint8Array | Uint16Array> =>
    bits <= 8
      ? fc.uint8Array({ minLength: length, maxLength: length, max: 2 ** bits - 1 })
      : fc.uint16Array({ minLength: length, maxLength: length, max: 2 ** bits - 1 })
  return fc.oneof(
    fc
      .float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true })
      .map((floats): EncodedTensor => ({ kind: 'float', spec, values: floats })),
    fc.integer({ min: 1, max: 16 }).chain((bits) =>
      channels.chain((count) =>
        fc
          .record({
            codes: codes(bits),
            scale: fc.float32Array({
              minLength: count,
              maxLength: count,
              min: Math.fround(1e-12),
              max: 2,
              noNaN: true,
            }),
            zeroPoint: fc.float64Array({
              minLength: count,
              maxLength: count,
              min: -5,
              max: 70_000,
              noNaN: true,
            }),
            mask: fc.option(fc.uint8Array({ minLength: length, maxLength: length, max: 1 })),
          })
          .map((parts): EncodedTensor => ({ kind: 'affine', spec, bits, ...parts })),
      ),
    ),
    fc.integer({ min: 1, max: 6 }).chain((bits) =>
      channels.chain((groups) =>
        fc
          .record({
            codes: codes(bits),
            levels: fc
              .array(float32, { minLength: groups << bits, maxLength: groups << bits })
              .map((levels) => Float32Array.from(levels)),
          })
          .map((parts): EncodedTensor => ({ kind: 'codebook', spec, bits, groups, ...parts })),
      ),
    ),
  )
}
