import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { bracketed, clauses, labelled, listed, phrases, sentences, stopped } from '../words/joining'
import { showIn } from './languages'

afterEach(() => showIn('en'))

/** A mark of half the width that stands between Chinese words, or between one and a fact that is put in. */
const halfWidth =
  /(?:\p{Script=Han}|[）」”])(?:\{\{?\w+\}?\}|\s)*[,;:!?]|[,;:!?]\s*(?:\{\{?\w+\}?\}\s*)?\p{Script=Han}|\p{Script=Han}\.(?:\s|$|\p{Script=Han})/u

/** Facts that are words themselves, wherever they stand. */
const wordsPutIn = new Set(
  'data first format from next order scheme set settings shards split step to'.split(' '),
)

/** They name the very marks. */
const named = ['逗号 ,', '分号 ;']

function filesIn(folder: string, ...endings: readonly string[]): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .map((file) => join(folder, file))
}

function texts(words: unknown): readonly string[] {
  if (typeof words === 'string') return [words]
  return Object.values(words as Record<string, unknown>).flatMap(texts)
}

describe('Chinese sentences', () => {
  it.each(filesIn('src/studio/i18n/zh-CN', '.json'))(
    'have marks of their own width in %s',
    (file) => {
      const all = texts(JSON.parse(readFileSync(file, 'utf8')))
      const found = all.filter((text) => halfWidth.test(text) && !named.includes(text))
      expect(found).toEqual([])
    },
  )

  it.each([
    ['有, 半角', true],
    ['准确率: {{value}}', true],
    ['{{size}}, 含报告', true],
    ['结束. ', true],
    ['有，全角。 ', false],
    ['n = 5,000 个', false],
    ['t = 0.05', false],
  ])('are looked through for them: %s', (text, isFound) => {
    expect(halfWidth.test(text)).toBe(isFound)
  })

  it('have a space between a number and a word', () => {
    const all = filesIn('src/studio/i18n/zh-CN', '.json').flatMap((file) =>
      texts(JSON.parse(readFileSync(file, 'utf8'))),
    )
    expect(all.filter((text) => /\d\p{Script=Han}|\p{Script=Han}\d/u.test(text))).toEqual([])
    const touching = all.flatMap((text) => {
      const before = [...text.matchAll(/\p{Script=Han}\{\{(\w+)\}\}/gu)]
      const after = [...text.matchAll(/\{\{(\w+)\}\}(?=\p{Script=Han})/gu)]
      return [...before, ...after].map(([, name = '']) => name)
    })
    // The others are numbers that `formatCompactCount` has set before the word.
    expect([...new Set(touching)].filter((name) => !wordsPutIn.has(name)).sort()).toEqual([
      'after',
      'before',
      'count',
      'macs',
      'parameters',
    ])
  })

  it('have them also where the page puts words together', async () => {
    const put = (): readonly string[] => [
      listed(['一', '二']),
      clauses('一', false, '二', ''),
      phrases(['一', '二']),
      sentences('一。', null, '二。'),
      labelled('一', '二'),
      bracketed('一', '二'),
      stopped('一'),
    ]
    const english = ['一, 二', '一, 二', '一; 二', '一。 二。', '一: 二', '一 (二)', '一.']
    expect(put()).toEqual(english)
    await showIn('zh-CN')
    expect(put()).toEqual(['一、二', '一，二', '一；二', '一。二。', '一：二', '一（二）', '一。'])
  })

  it('are nowhere put together without them', () => {
    // What joins by a comma and a space, or puts a word after another with a half-width mark.
    const joins =
      /\.join\('[,;:.] '\)|\)\}\s?[:,;](?:\s|\{)|\)\}: \$\{|\)\} \{(?:t|say|words\.)\w*\(|` \(/
    const files = ['views', 'tour', 'lesson', 'charts', 'words']
      .flatMap((folder) => filesIn(`src/studio/${folder}`, '.ts', '.tsx'))
      .filter((file) => !file.includes('.test.'))
    expect(files.length).toBeGreaterThan(100)
    expect(files.filter((file) => joins.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})
