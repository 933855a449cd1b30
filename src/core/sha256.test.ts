import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Sha256 } from './sha256'

test('agrees with the platform on any bytes, cut anywhere', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
      const ours = new Sha256()
      const theirs = createHash('sha256')
      for (const piece of pieces) {
        ours.update(piece)
        theirs.update(piece)
      }
      expect(ours.hex()).toBe(theirs.digest('hex'))
    }),
    { seed: 7 },
  )
})
