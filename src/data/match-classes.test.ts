import { describe, expect, it, test } from 'vitest'
import { matchClasses } from './match-classes'

const sorted = (names: readonly string[]): string[] => [...names].sort()

/** Where every class has its own name among the outputs, each must find exactly it. */
test.each([
  ['languages', ['C', 'C#', 'C++', 'Go']],
  ['small and large letters', ['a', 'b', 'A', 'B']],
  ['signs', ['x', '+', '-', '÷']],
  ['letters of other scripts that look or fold alike', ['ß', 'ss', 'ſ', 's', 'ﬁ', 'fi']],
  ['marks', ['ä', 'a', 'å', 'e', 'é']],
  ['numbers with signs', ['-1', '1', '+1', '0']],
  ['spaces and hyphens', ['hot dog', 'hotdog', 'hot-dog']],
  ['Han with signs', ['好', '好！', '好？', '不好']],
])('%s meet exactly', (_, outputs) => {
  const classes = sorted(outputs)
  const match = matchClasses(classes, outputs)
  expect(match.map).toEqual(classes.map((name) => outputs.indexOf(name)))
  expect([match.ambiguous, match.twice]).toEqual([[], []])
})

describe('names that are not equal', () => {
  it.each<[string, string[], string[], number[]]>([
    ['case, marks and signs', ['Hot-Dog', 'été', 'cat'], ['ete', 'hot_dog'], [1, 0, -1]],
    ['composed and decomposed marks', ['caf\u0065\u0301'], ['tea', 'café'], [1]],
    ['spaces around', [' cat', 'dog'], ['dog', 'cat'], [1, 0]],
    ['full width letters', ['ＣＡＴ'], ['dog', 'cat'], [1]],
  ])('meet by folding: %s', (_, classes, outputs, map) => {
    expect(matchClasses(classes, outputs)).toMatchObject({ map, ambiguous: [] })
  })

  it.each<[string, string[], string[], number[], string[]]>([
    ['two outputs', ['c', 'Go'], ['C#', 'C++', 'go'], [-1, 2], ['c']],
    ['two classes', ['C#', 'C++'], ['c', 'Go'], [-1, -1], ['C#', 'C++']],
    ['one that is taken by its own name', ['C', 'C++'], ['C', 'CPP', 'c#'], [0, -1], ['C++']],
    ['letters of both cases', ['A', 'b'], ['a', 'B', 'b'], [0, 2], []],
    ['signs alone', ['*', '+'], ['+', '-'], [-1, 0], []],
  ])('are not taken for one another: %s', (_, classes, outputs, map, ambiguous) => {
    expect(matchClasses(classes, outputs)).toMatchObject({ map, ambiguous })
  })
})

it('a name that two outputs have means the first of them, and is named', () => {
  const outputs = ['heron', 'crane', 'lorry', 'crane']
  expect(matchClasses(['crane', 'heron', 'lorry'], outputs)).toEqual({
    map: [1, 0, 2],
    ambiguous: [],
    twice: ['crane'],
  })
  expect(matchClasses(['Crane', 'heron'], outputs)).toMatchObject({ map: [1, 0] })
})
