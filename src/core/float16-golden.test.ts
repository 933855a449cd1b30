import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { float16Table, numberToFloat16 } from './float16'

const golden = JSON.parse(readFileSync('golden/float16.json', 'utf8')) as {
  readonly decodedSha256: string
  readonly values: string
  readonly rounded: readonly number[]
}

it('decodes all 65,536 codes as NumPy does', () => {
  const bits = new Uint32Array(float16Table().slice().buffer)
  // Which NaN it is says nothing.
  const plain = bits.map((word) => ((word & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : word))
  expect(createHash('sha256').update(new Uint8Array(plain.buffer)).digest('hex')).toBe(
    golden.decodedSha256,
  )
})

it('rounds as NumPy does', () => {
  const values = new Float32Array(Uint8Array.from(Buffer.from(golden.values, 'hex')).buffer)
  expect(Array.from(values, numberToFloat16)).toEqual(golden.rounded)
})
