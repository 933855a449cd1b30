import { expect, it } from 'vitest'
import { factsIn, saidWith } from './error-facts'
import phrases from './zh-CN/phrases.json'

it('says phrases in the language, with their own facts in place', () => {
  expect(
    factsIn(phrases, {
      expected: 'an object',
      found: '[null,4]',
      reason: 'a.txt: it does not unpack to the 23 bytes that the directory says',
      limit: 7,
    }),
  ).toEqual({
    expected: '对象',
    found: '[null,4]',
    reason: 'a.txt：解出的不是目录所说的 23 字节',
    limit: 7,
  })
})

it('sets names and numbers apart by a space in a sentence, and words of the language by none', () => {
  const said = (facts: Readonly<Record<string, string | number>>): string =>
    saidWith(phrases, facts, ({ a = '', b = '' }) => `应为 ${a}，实际为 ${b} 的 ${a} w`)
  expect(said({ a: 'an object', b: '[null]' })).toBe('应为对象，实际为 [null] 的对象 w')
  expect(said({ a: 'true or false', b: 7 })).toBe('应为 true 或 false，实际为 7 的 true 或 false w')
  expect(said({ a: '隐藏 层', b: 'nothing' })).toBe('应为 隐藏 层，实际为什么也没有的 隐藏 层 w')
  const english = saidWith({}, { a: 'an object' }, ({ a = '' }) => `expected ${a}, found ${a}.`)
  expect(english).toBe('expected an object, found an object.')
})

it('leaves names and what nobody has a phrase for as they are', () => {
  for (const text of ['model.json', 'toString', '__proto__', 'Total size must be unchanged'])
    expect(factsIn(phrases, { reason: text })).toEqual({ reason: text })
})

it('ends no reason with a full stop, because the sentence around it has one', () => {
  const said = factsIn({}, { reason: 'could not be decoded.', file: 'a.', found: 'and so on...' })
  expect(said).toEqual({ reason: 'could not be decoded', file: 'a.', found: 'and so on...' })
  expect(factsIn({}, { reason: 'cut...' })).toEqual({ reason: 'cut...' })
})

it('says no more than fits a sentence', () => {
  const { found, reason } = factsIn(phrases, { found: 'nothing', reason: 'x'.repeat(100_000) })
  expect(found).toBe('什么也没有')
  expect(reason).toBe(`${'x'.repeat(397)}...`)
})

it('keeps the places of every phrase', () => {
  const places = (text: string) => [...text.matchAll(/\{\d\}/g)].map(([place]) => place).sort()
  for (const [english, said] of Object.entries(phrases))
    expect({ english, places: places(said) }).toEqual({ english, places: places(english) })
})
