import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { sha256InPieces } from './sha256-in-pieces'

const reference = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test.each([0, 1, 2 ** 20, 2 ** 20 + 1, 2_500_000])(
  'the hash of %i bytes is that of the whole, and every piece is told',
  async (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index % 251)
    const told: number[] = []
    const found = await sha256InPieces(
      length,
      (from, to) => Promise.resolve(bytes.subarray(from, to)),
      (done) => Promise.resolve(void told.push(done)),
    )
    expect(found).toBe(reference(bytes))
    expect(told).toHaveLength(Math.ceil(length / 2 ** 20))
    expect(Math.max(0, ...told)).toBe(length)
  },
)

test('what is thrown between pieces ends the work', async () => {
  const hashing = sha256InPieces(
    3,
    () => Uint8Array.of(1, 2, 3),
    () => Promise.reject(new Error('enough')),
  )
  await expect(hashing).rejects.toThrow('enough')
})
