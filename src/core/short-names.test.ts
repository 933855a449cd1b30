import { describe, expect, it } from 'vitest'
import { sharedPrefix, withoutPrefix } from './short-names'

const short = (names: readonly string[]): string[] => {
  const prefix = sharedPrefix(names)
  return names.map((name) => withoutPrefix(name, prefix))
}

describe('names of layers', () => {
  it.each([
    ['folders of all', ['a/m/conv', 'a/m/dense/MatMul'], ['conv', 'dense/MatMul']],
    ['a name that none shares', ['conv', 'dense'], ['conv', 'dense']],
    ['the name of one layer', ['a/m/conv'], ['a/m/conv']],
    ['no half of a word', ['a/conv1', 'a/conv2'], ['conv1', 'conv2']],
    [
      'one that ends where others go on',
      ['a/m/x', 'a/m/y', 'a/m/', 'a/m/z'],
      ['x', 'y', 'a/m/', 'z'],
    ],
    ['a folder of half of them', ['a/x', 'a/y', 'z', 'w'], ['a/x', 'a/y', 'z', 'w']],
    ['the folder of nearly all', ['a/1', 'a/2', 'a/3', 'a/4', 'z'], ['1', '2', '3', '4', 'z']],
    [
      'nothing where two would be one',
      ['a/1', 'a/2', 'a/3', 'a/z', 'z'],
      ['a/1', 'a/2', 'a/3', 'a/z', 'z'],
    ],
    ['nothing', [], []],
  ])('lose %s', (_, names, expected) => {
    expect(short(names)).toEqual(expected)
  })
})
