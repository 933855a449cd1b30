import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memoryFile } from '../file-bundle'
import { message, varint } from './write-message'
import { WireFile } from './wire-message'

it('writes what the documentation of Protocol Buffers shows', () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  expect(hex(message([[1, 150]]))).toBe('089601')
  expect(hex(message([[2, 'testing']]))).toBe('120774657374696e67')
  expect(hex(message([[3, message([[1, 150]])]]))).toBe('1a03089601')
  expect(hex(varint(-2))).toBe('feffffffffffffffff01')
  expect(hex(message([[1, { float: 1 }]]))).toBe('0d0000803f')
})

it('writes what is read again', async () => {
  const number = fc.integer({ min: 1, max: 2000 })
  const value = fc.oneof(
    fc.integer({ min: -(2 ** 45), max: 2 ** 45 }),
    fc.string(),
    fc.uint8Array({ maxLength: 300 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, value)), async (fields) => {
      const bytes = message(fields)
      const file = new WireFile(
        memoryFile('m', bytes),
        (place, reason) => new Error(place + reason),
      )
      const found: unknown[] = []
      for await (const { begin, end, number: own, value: whole, wire } of file.whole().fields())
        found.push([own, wire === 0 ? whole : [...bytes.subarray(begin, end)]])
      const wanted = fields.map(([own, each]) => [
        own,
        typeof each === 'number'
          ? each
          : [...(typeof each === 'string' ? Buffer.from(each) : each)],
      ])
      expect(found).toEqual(wanted)
    }),
    { numRuns: 100 },
  )
})
