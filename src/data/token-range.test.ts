import { expect, it } from 'vitest'
import { chineseSentence, sentence } from '../../testing/files/refusals'
import { StudioError } from '../core/errors'
import type { SampleOrigin } from './data-source'
import { requireTokens, tokensKnown, tokensOfGraph } from './token-range'

const layer = (name: string, className: string, inputs: string[], input_dim?: number) => ({
  name,
  className,
  inputs,
  config: input_dim === undefined ? {} : { input_dim },
})

it.each([
  ['the first layer', [layer('e', 'Embedding', [], 50)], 50],
  ['behind an input', [layer('i', 'InputLayer', []), layer('e', 'Embedding', ['i'], 30)], 30],
  [
    'beside one of positions, which reads another layer',
    [
      layer('i', 'InputLayer', []),
      layer('range', 'Positions', ['i']),
      layer('e', 'Embedding', ['i'], 5000),
      layer('p', 'Embedding', ['range'], 128),
    ],
    5000,
  ],
  ['nowhere', [layer('d', 'Dense', [])], null],
])('an embedding is %s', (_, layers, known) => {
  expect(tokensKnown(layers)).toBe(known)
})

const node = (name: string, op: string, ...input: string[]) => ({ name, op, input })

it.each([
  [
    'by an input that is cast',
    [
      node('in', 'Placeholder'),
      node('table', 'Const'),
      node('cast', 'Cast', 'in:0'),
      node('rows', 'GatherV2', 'table', 'cast', 'axis'),
    ],
    50,
  ],
  [
    'of a table that is handed on',
    [
      node('in', 'Placeholder'),
      node('table', 'Const'),
      node('read', 'Identity', 'table'),
      node('rows', 'Gather', 'read', 'in'),
    ],
    50,
  ],
  [
    'by places, which no input says',
    [node('in', 'Placeholder'), node('range', 'Range'), node('rows', 'GatherV2', 'table', 'range')],
    null,
  ],
  ['of what is no table', [node('in', 'Placeholder'), node('rows', 'GatherV2', 'in', 'in')], null],
  [
    'in a circle',
    [node('a', 'Cast', 'b'), node('b', 'Cast', 'a'), node('rows', 'Gather', 'a', 'b')],
    null,
  ],
])('a graph takes rows %s', (_, nodes, size) => {
  expect(tokensOfGraph(nodes, new Map([['table', 50]]))).toBe(size)
})

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
