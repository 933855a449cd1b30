import fc from 'fast-check'
import type { EncodedTensor } from '../../src/core/encoded-tensor'
import { groupCount, groupsOfChannels, groupsOfInputs, oneGroup } from '../../src/core/group-layout'
import type { OpenedWeight } from '../../src/formats/format'

/** Any encoding of a weight that a technique could produce, and some that none does. */
export function encodings({ spec, values }: OpenedWeight): fc.Arbitrary<EncodedTensor> {
  const { length } = values
  const layouts = fc.constantFrom(
    oneGroup(length),
    groupsOfChannels(spec.channel, length),
    groupsOfInputs(spec, 2),
  )
  const codes = (bits: number): fc.Arbitrary<Uint8Array | Uint16Array> =>
    bits <= 8
      ? fc.uint8Array({ minLength: length, maxLength: length, max: 2 ** bits - 1 })
      : fc.uint16Array({ minLength: length, maxLength: length, max: 2 ** bits - 1 })
  return fc.oneof(
    fc
      .float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true })
      .map((floats): EncodedTensor => ({ kind: 'float', spec, values: floats })),
    fc.integer({ min: 1, max: 16 }).chain((bits) =>
      layouts.chain((groups) => {
        const count = groupCount(groups, length)
        return fc
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
          .map((parts): EncodedTensor => ({ kind: 'affine', spec, bits, groups, ...parts }))
      }),
    ),
    fc.integer({ min: 1, max: 4 }).chain((bits) =>
      layouts.chain((groups) => {
        const size = groupCount(groups, length) << bits
        return fc
          .record({
            codes: codes(bits),
            levels: fc.float32Array({
              minLength: size,
              maxLength: size,
              noNaN: true,
              min: -1000,
              max: 1000,
            }),
          })
          .map((parts): EncodedTensor => ({ kind: 'codebook', spec, bits, groups, ...parts }))
      }),
    ),
  )
}
