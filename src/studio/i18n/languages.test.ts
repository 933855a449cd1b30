import { describe, expect, it } from 'vitest'
import charts from './en/charts.json'
import compare from './en/compare.json'
import errors from './en/errors.json'
import graph from './en/graph.json'
import lesson from './en/lesson.json'
import page from './en/page.json'
import small from './en/small.json'
import techniques from './en/techniques.json'
import terms from './en/terms.json'
import tour from './en/tour.json'
import train from './en/train.json'
import variants from './en/variants.json'
import lessonInChinese from './zh-CN/lesson.json'
import words from './zh-CN/words'

const chinese = { ...words, lesson: lessonInChinese }
const english = {
  charts,
  compare,
  errors,
  graph,
  lesson,
  page,
  small,
  techniques,
  terms,
  tour,
  train,
  variants,
}

type Words = { readonly [key: string]: string | Words }

/** Sentences by their path. Chinese has one form for every number. */
function flatten(words: Words, path: readonly string[] = []): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    if (key.endsWith('_one')) continue
    const own = [...path, key]
    if (typeof value === 'string') found.set(own.join(' > '), value)
    else for (const [name, text] of flatten(value, own)) found.set(name, text)
  }
  return found
}

const named = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort()

describe.each(Object.entries(english))('the Chinese words of %s', (name, words) => {
  const before = flatten(words)
  const after = flatten(Object.entries(chinese).find(([key]) => key === name)?.[1] ?? {})

  it('are all there, and no others', () => {
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort())
  })

  it('carry the same facts', () => {
    for (const [key, text] of before)
      expect({ key, facts: named(after.get(key) ?? '') }).toEqual({ key, facts: named(text) })
  })

  it('are Chinese wherever the English is a sentence', () => {
    for (const [key, text] of after)
      if (/[a-z]{3,} [a-z]{3,} [a-z]{3,}/i.test(before.get(key) ?? '') && !key.endsWith('source'))
        expect(text, key).toMatch(/\p{Script=Han}/u)
  })
})

it('names the techniques as the tutorial does', () => {
  const text = JSON.stringify(chinese)
  for (const term of [
    '参数量化',
    '线性量化',
    '均值量化',
    '剪枝',
    '知识蒸馏',
    '稀疏度',
    '教师',
    '学生',
  ])
    expect(text).toContain(term)
})
