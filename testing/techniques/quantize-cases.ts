import fc from 'fast-check'
import { groupOf } from '../../src/core/group-layout'
import type { AffineTensor, EncodedTensor } from '../../src/core/encoded-tensor'
import type { TensorSpec } from '../../src/core/tensor-spec'
import { encode } from '../../src/techniques/quantize/quantize'
import type { QuantizeSettings } from '../../src/techniques/quantize/quantize-settings'

export const settings = fc
  .record({
    action: fc.constant('quantize' as const),
    bits: fc.integer({ min: 1, max: 16 }),
    scheme: fc.constantFrom('linear' as const, 'affine' as const, 'mean' as const),
    symmetry: fc.constantFrom('symmetric' as const, 'asymmetric' as const),
    granularity: fc.constantFrom('perTensor' as const, 'perChannel' as const, 'perGroup' as const),
    groupSize: fc.constant(2),
  })
  .filter((s) => !(s.scheme === 'affine' && s.symmetry === 'symmetric' && s.bits === 1))
  // Sixteen-bit tables of levels for each channel are refused or slow; eight bits say the same.
  .map((s) => (s.scheme === 'mean' ? { ...s, bits: Math.min(8, s.bits) } : s))

export interface Case {
  readonly spec: TensorSpec
  readonly values: Float32Array
  readonly mask: Uint8Array | null
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true, min: -2, max: 2 }) },
  { weight: 1, arbitrary: fc.constant(0) },
  // The outer level may lie half a step beyond the range, so at most half of what float32 holds.
  {
    weight: 1,
    arbitrary: fc.float({ noNaN: true, min: -(2 ** 126), max: 2 ** 126 }),
  },
)

/** Tensors of rounds x channels x inner; with a mask, masked weights are zero as pruning leaves them. */
export const cases: fc.Arbitrary<Case> = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 3 }),
    fc.option(fc.double({ min: 0, max: 1.5, noNaN: true }), { nil: null }),
  )
  .chain(([rounds, count, inner, threshold]) =>
    fc
      .array(value, { minLength: rounds * count * inner, maxLength: rounds * count * inner })
      .map((numbers): Case => {
        const raw = Float32Array.from(numbers)
        const spec: TensorSpec = {
          name: 'k',
          shape: [rounds, count, inner],
          dtype: 'float32',
          role: 'kernel',
          layerName: 'k',
          layerKind: 'dense',
          channel: { count, inner },
        }
        if (threshold === null) return { spec, values: raw, mask: null }
        const mask = Uint8Array.from(raw, (w) => (Math.abs(w) > threshold ? 1 : 0))
        return { spec, values: raw.map((w, i) => (mask[i] === 1 ? w : 0)), mask }
      }),
  )

export function parametersAt(tensor: AffineTensor, index: number): [number, number] {
  const group = groupOf(tensor.groups, index)
  return [tensor.scale[group] ?? NaN, tensor.zeroPoint[group] ?? NaN]
}

export const withSettings = (
  check: (source: Case, chosen: QuantizeSettings, tensor: EncodedTensor) => void,
): void => {
  fc.assert(
    fc.property(cases, settings, (source, chosen) => {
      const { tensor } = encode(source.spec, source.values, source.mask, chosen)
      check(source, chosen, tensor)
    }),
    { seed: 31, numRuns: 400 },
  )
}
