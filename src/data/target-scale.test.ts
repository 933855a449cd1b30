import { expect, it } from 'vitest'
import { likelyScale, rangeOfOutputs } from './target-scale'

const outputs = (low: number, high: number): Float32Array =>
  Float32Array.from({ length: 1001 }, (_, at) => low + ((high - low) * at) / 1000)

it.each([
  ['0 to 1', 0, 1, 255, 'unit'],
  ['dark ones of 0 to 1', 0, 0.1, 255, 'unit'],
  ['a little below zero', -0.05, 1.1, 255, 'unit'],
  ['-1 to 1', -1, 1, 255, 'signed'],
  ['0 to 255', 0, 255, 255, 'bytes'],
  ['0 to 255, a little below zero', -3, 240, 255, 'bytes'],
  ['0 to 1 beside masks of 0 and 1', 0, 1, 1, 'bytes'],
])('outputs of %s', (_, low, high, largest, scale) => {
  expect(likelyScale(rangeOfOutputs(outputs(low, high)), largest)).toBe(scale)
})

it('a few outputs far below zero say nothing', () => {
  const values = outputs(0, 1)
  values[500] = -7
  expect(rangeOfOutputs(values)).toEqual({ low: expect.closeTo(0.009, 2) as number, high: 1 })
})
