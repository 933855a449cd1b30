import { describe, expect, test } from 'vitest'
import { errorCatalog } from '../../core/errors'
import errors from './en/errors.json'

const sentences: Readonly<Record<string, { title: string; message: string; fix: string }>> = errors

test('every error code has its sentences, and nothing else has', () => {
  expect(Object.keys(sentences).sort()).toEqual(Object.keys(errorCatalog).sort())
})

describe.each(Object.entries(errorCatalog))('%s', (code, params) => {
  const entry = sentences[code] ?? { title: '', message: '', fix: '' }

  test('says all the facts that the error carries, and no others', () => {
    const named = [...entry.message.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1])
    expect([...new Set(named)].sort()).toEqual([...params].sort())
    expect(entry.title + entry.fix).not.toContain('{{')
  })

  test('has a title, a sentence and advice', () => {
    expect(entry.title).toMatch(/^\S.*[^.]$/)
    expect(entry.message).toMatch(/^\S.*\.$/)
    expect(entry.fix).toMatch(/^\S.*\.$/)
  })
})
