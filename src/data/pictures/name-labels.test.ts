import { describe, expect, it } from 'vitest'
import {
  labelsInNames,
  numbersInNames,
  wordsAfterNumber,
  wordsBeforeNumber,
  wordsInBrackets,
} from './name-labels'

describe('the words before a number', () => {
  it.each([
    ['cat.0.jpg', 'cat'],
    ['Abyssinian_12.png', 'Abyssinian'],
    ['yellow_labrador_3.jpg', 'yellow_labrador'],
    ['dog (3).jpeg', 'dog'],
    ['猫_7.png', '猫'],
    ['apple10.png', 'apple'],
    ['cat(12).png', 'cat'],
    ['class 2 - 0012.png', 'class 2'],
  ])('in %s are %s', (name, words) => {
    expect(wordsBeforeNumber(name)).toBe(words)
  })

  it.each(['0001.png', 'overview.png', '_12.png', 'cat.jpg'])('are none in %s', (name) => {
    expect(wordsBeforeNumber(name)).toBeNull()
  })
})

// So long that who begins anew at every letter would be at it for hours.
it('names made to keep us busy do not', () => {
  for (const part of ['1', ' ', '(1', '- '])
    expect(wordsBeforeNumber(`a${part.repeat(2_000_000)}!`)).toBeNull()
})

it('words may stand behind the number', () => {
  expect(wordsAfterNumber('0012_dog.png')).toBe('dog')
  expect(wordsAfterNumber('7-golden retriever.jpg')).toBe('golden retriever')
  expect(wordsAfterNumber('0012.png')).toBeNull()
  const names = Array.from({ length: 8 }, (_, at) => `${at}_${at % 2 === 0 ? 'cat' : 'dog'}.png`)
  expect(labelsInNames(names)?.slice(0, 2)).toEqual(['cat', 'dog'])
})

describe('classes in file names', () => {
  const many = (word: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${word}.${at}.png`)

  it('are taken where nearly all names have one', () => {
    const names = [...many('cat', 12), ...many('dog', 12), 'cover.png']
    expect(labelsInNames(names)).toEqual([
      ...Array.from({ length: 12 }, () => 'cat'),
      ...Array.from({ length: 12 }, () => 'dog'),
      null,
    ])
  })

  it('are not taken from a camera, from numbers, from names that are all different, from one word', () => {
    expect(labelsInNames(many('IMG', 20))).toBeNull()
    expect(labelsInNames([...many('IMG', 20), ...many('DSC', 20)])).toBeNull()
    expect(labelsInNames([...many('IMG_20260102_1', 9), ...many('IMG_20260103_1', 9)])).toBeNull()
    expect(labelsInNames([...many('train', 20), ...many('test', 20)])).toBeNull()
    expect(labelsInNames(['0.png', '1.png', '2.png'])).toBeNull()
    expect(labelsInNames(['oak1.png', 'elm2.png', 'fir3.png', 'ash4.png'])).toBeNull()
    expect(labelsInNames([...many('cat', 5), 'a.png', 'b.png'])).toBeNull()
    expect(labelsInNames([])).toBeNull()
  })
  it('are not asked of folders in which no name has one', () => {
    const train = [...many('cat', 4), ...many('dog', 4)]
    const test = Array.from({ length: 6 }, (_, at) => `${at}.png`)
    expect(labelsInNames([...train, ...test])).toBeNull()
    const folders = [...train.map(() => 'train'), ...test.map(() => 'test')]
    expect(labelsInNames([...train, ...test], folders)?.at(-1)).toBeNull()
    expect(labelsInNames([...train, ...test], folders)?.[0]).toBe('cat')
  })
})

it('words may stand in brackets', () => {
  expect(wordsInBrackets('[cat]3.png')).toBe('cat')
  expect(wordsInBrackets('3 (big cat).png')).toBe('big cat')
  expect(wordsInBrackets('cat (3).png')).toBeNull()
  expect(wordsInBrackets('[1]3.png')).toBeNull()
  const names = Array.from({ length: 8 }, (_, at) => `[${at % 2 === 0 ? 'cat' : 'dog'}] ${at}.png`)
  expect(labelsInNames(names)?.slice(0, 2)).toEqual(['cat', 'dog'])
})

describe('numbers in file names', () => {
  it('may be classes where there are as many, the first or the last', () => {
    expect(numbersInNames(['0_1.png', '0_2.png', '1_3.png', '1_4.png'], 2)).toEqual([
      ...['0', '0', '1', '1'],
    ])
    expect(numbersInNames(['img12_2.png', 'img14_1.png', 'img7_02.png', 'img9_1.png'], 2)).toEqual([
      ...['2', '1', '2', '1'],
    ])
  })

  it('are none where they are too few, too many, alone, or have gaps', () => {
    expect(numbersInNames(['0_1.png', '0_2.png', '1_3.png', '1_4.png'], 3)).toBeNull()
    expect(numbersInNames(['0_1.png', '0_2.png', '1_3.png'], 2)).toBeNull()
    expect(numbersInNames(['0.png', '1.png', '0_1.png', '1_1.png'], 2)).toBeNull()
    expect(numbersInNames(['3_1.png', '3_2.png', '7_3.png', '7_4.png'], 2)).toBeNull()
  })
})
