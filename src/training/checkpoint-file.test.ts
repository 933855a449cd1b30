import { describe, expect, it } from 'vitest'
import { ARITHMETIC_VERSION } from '../core/arithmetic-version'
import { createRandom } from '../core/random'
import { readCheckpoint, writeCheckpoint } from './checkpoint-file'

const state = {
  fingerprint: 'a-b',
  epoch: 3,
  step: 1200,
  optimizerSteps: 1200,
  batchSize: 64,
  piece: 16,
  rateScale: 0.5,
  rollbacks: 1,
  best: { epoch: 2, sinceBetter: 1 },
}

const arrays = new Map([['a', Float32Array.of(1, 2)]])

const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

describe('checkpoint', () => {
  it('comes back bit for bit', () => {
    const random = createRandom(1)
    const arrays = new Map([
      ['weight/a', Float32Array.from({ length: 17 }, () => random.normal())],
      ['slot/first:a', Float32Array.of(-0, NaN, Infinity, 1e-42)],
      ['empty', new Float32Array(0)],
    ])
    const bytes = joined(writeCheckpoint({ state, arrays }))
    const back = readCheckpoint(bytes)
    expect(back.state).toEqual(state)
    expect([...back.arrays.keys()]).toEqual([...arrays.keys()])
    for (const [name, values] of arrays)
      expect(new Uint32Array(back.arrays.get(name)?.buffer ?? new ArrayBuffer(0))).toEqual(
        new Uint32Array(values.buffer),
      )
  })

  it.each([
    ['older', '"arithmetic":1', '1'],
    ['newer', `"arithmetic":${ARITHMETIC_VERSION + 1}`, String(ARITHMETIC_VERSION + 1)],
    ['hostile', `"arithmetic":"${'9'.repeat(99)}"`, `"${'9'.repeat(23)}`],
    ['from before versions', '"before":true', 'nothing'],
  ])('of another arithmetic is refused by name: %s', (_, said, found) => {
    const text = new TextDecoder('latin1').decode(joined(writeCheckpoint({ state, arrays })))
    const other = text.replace(`"arithmetic":${ARITHMETIC_VERSION}`, said)
    expect(other).not.toBe(text)
    const expected = { field: 'arithmetic', expected: ARITHMETIC_VERSION, found }
    expect(() => readCheckpoint(Uint8Array.from(other, (c) => c.charCodeAt(0)))).toThrow(
      expect.objectContaining({ code: 'train/other-arithmetic', params: expected }),
    )
  })

  it('says what is wrong with one that is cut or damaged anywhere', () => {
    const bytes = joined(writeCheckpoint({ state, arrays }))
    for (const length of [0, 3, 10, 60, bytes.length - 1])
      expect(() => readCheckpoint(bytes.subarray(0, length))).toThrow(/train\/checkpoint/)
    const wrong = new TextDecoder('latin1').decode(bytes).replace('"epoch":3', '"epoch":-')
    expect(() => readCheckpoint(Uint8Array.from(wrong, (c) => c.charCodeAt(0)))).toThrow(
      /train\/checkpoint/,
    )
  })
})
