import { afterEach, describe, expect, it } from 'vitest'
import { i18n } from './i18n'
import { chooseLanguage, preferredLanguage, showIn } from './languages'

const storage = (value: string | null) => ({ getItem: () => value })

afterEach(() => showIn('en'))

describe('the language of the page', () => {
  it('is the chosen one, else the browser’s where there are words for it, else English', () => {
    expect(preferredLanguage(storage('zh-CN'), ['en-US'])).toBe('zh-CN')
    expect(preferredLanguage(storage('en'), ['zh-TW'])).toBe('en')
    expect(preferredLanguage(storage(null), ['zh-Hans-CN', 'en'])).toBe('zh-CN')
    expect(preferredLanguage(storage('tlh'), ['de-DE', 'zh'])).toBe('en')
    expect(preferredLanguage(storage(null), [])).toBe('en')
    const forbidden = {
      getItem: () => {
        throw new Error('denied')
      },
    }
    expect(preferredLanguage(forbidden, ['zh'])).toBe('zh-CN')
  })

  it('changes at any time, with the page’s own, and is remembered', async () => {
    const stored: string[] = []
    await chooseLanguage('zh-CN', { setItem: (_key, value) => stored.push(value) })
    expect(i18n.t('undo')).toBe('撤销')
    expect(i18n.t('report.tensors', { count: 1 })).toBe('1 个张量')
    expect(document.documentElement.lang).toBe('zh-CN')
    await chooseLanguage('en', { setItem: (_key, value) => stored.push(value) })
    expect(i18n.t('undo')).toBe('Undo')
    expect(stored).toEqual(['zh-CN', 'en'])
  })
})
