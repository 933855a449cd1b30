import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import type { GraphNode } from './operators'
import { tokensKnown } from './tokens-known'

const rows = (table: string, indices: string, axis = 0) =>
  node('gather', { axis }, [table, indices], [`${table} by ${indices}`])
const cast = node('cast', { to: 'int32' }, ['words'], ['whole'])

it.each<[string, readonly GraphNode[], number | null]>([
  ['by an input', [rows('table', 'words')], 50],
  ['by an input that is cast', [cast, rows('table', 'whole')], 50],
  [
    'by an input in another form',
    [
      cast,
      node('squeeze', { axes: [1] }, ['whole'], ['row']),
      node('reshape', { to: [-1] }, ['row'], ['flat']),
      rows('table', 'flat'),
    ],
    50,
  ],
  [
    'of a table that is handed on',
    [node('identity', {}, ['table'], ['read']), rows('read', 'words')],
    50,
  ],
  ['of two tables, the smaller one', [rows('table', 'words'), rows('small', 'words')], 7],
  [
    'beside one of places, which no input says',
    [
      rows('table', 'words'),
      node('range', {}, ['from', 'to', 'step'], ['places']),
      rows('small', 'places'),
    ],
    50,
  ],
  [
    'by what was computed',
    [node('unary', { function: 'Abs' }, ['words'], ['a']), rows('table', 'a')],
    null,
  ],
  ['along another axis', [rows('table', 'words', 1)], null],
  ['of what is no table', [rows('vector', 'words')], null],
  ['of an input', [rows('words', 'words')], null],
  ['nowhere', [cast], null],
])('rows are taken %s', (_, nodes, known) => {
  const graph = graphOf({
    inputs: { words: [null, 1, 4] },
    parameters: { table: [50, 8], small: [7, 8], vector: [50] },
    constants: { from: [0], to: [4], step: [1] },
    nodes,
  })
  expect(tokensKnown(graph)).toEqual([known])
})
