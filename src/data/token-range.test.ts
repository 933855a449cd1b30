import { expect, it } from 'vitest'
import { chineseSentence, sentence } from '../../testing/files/refusals'
import { StudioError } from '../core/errors'
import type { SampleOrigin } from './data-source'
import { requireTokens } from './token-range'

const samples = (values: readonly number[]) => ({
  kind: 'numbers' as const,
  count: values.length / 2,
  shape: [2],
  values: Float32Array.from(values),
})

function refusal(
  values: readonly number[],
  origin?: SampleOrigin,
  say: typeof sentence = sentence,
): string | null {
  try {
    requireTokens('words', { ...samples(values), ...(origin === undefined ? {} : { origin }) }, 50)
  } catch (thrown) {
    if (thrown instanceof StudioError) return say(thrown.toData())
    throw thrown
  }
  return null
}

it.each<[string, string | null]>([
  ['0 49 7 3', null],
  ['0 49.7 7 3', null],
  [
    '0 1 2 50',
    'words: row 2, column 2 is 50, and the embedding of the model has entries for 0 … 49 only.',
  ],
  [
    '0 1 -1 4',
    'words: row 2, column 1 is -1, and the embedding of the model has entries for 0 … 49 only.',
  ],
])('tokens %s', (values, said) => {
  expect(refusal(values.split(' ').map(Number))).toBe(said)
})

it('say where in the file they are', () => {
  const origin = { file: 'data.csv', rows: Uint32Array.of(4, 9), columns: ['t0', 't1'] }
  expect(refusal([1, 2, 90, 3], origin)).toBe(
    'data.csv: row 10, column t0 is 90, and the embedding of the model has entries for 0 … 49 only.',
  )
  const parts = [
    { file: 'a.csv', rows: 0 },
    { file: 'b.csv', rows: 6 },
  ]
  expect(refusal([1, 2, 90, 3], { ...origin, parts })).toMatch(/^b\.csv: row 4, column t0 is 90/)
  expect(refusal([1, 2, 90, 3], origin, chineseSentence)).toBe(
    'data.csv：第 10 行、第 t0 列为 90，而模型的嵌入层只有 0 … 49 的条目。',
  )
})
