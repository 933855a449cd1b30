import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode } from './encoded-tensor'
import { storedCodes } from './stored-codes'
import type { TensorSpec } from './tensor-spec'

const spec: TensorSpec = {
  name: 'w',
  shape: [256],
  dtype: 'float32',
  role: 'kernel',
  layerName: 'w',
  layerKind: 'dense',
  channel: { count: 1, inner: 256 },
}

describe('codes of a file', () => {
  it('restore the values of the file bit for bit', () => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code)
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 10, noNaN: true }),
        fc.double({ min: -100, max: 100, noNaN: true }).map((min) => min + 0),
        (scale, min) => {
          const tensor = storedCodes(spec, codes, scale, min)
          expect(tensor).not.toBeNull()
          if (tensor === null) return
          const differing = decode(tensor).filter(
            (value, code) => value !== Math.fround(code * scale + min),
          )
          expect(differing).toHaveLength(0)
        },
      ),
      { seed: 3, numRuns: 300 },
    )
  })

  it('are none of ours where a scale restores nothing', () => {
    expect(storedCodes(spec, new Uint8Array(256), 0, 1)).toBeNull()
  })
})
