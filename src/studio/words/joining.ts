/**
 * Words that are put together on the page. Chinese has marks of its own, as wide as a character, with no space
 * after them; other languages have a comma and a space.
 */
import { i18n } from '../i18n/i18n'

type Part = string | false | null | undefined

const isChinese = (): boolean => i18n.language.startsWith('zh')

function joined(parts: readonly Part[], chinese: string, other: string): string {
  return parts
    .filter((part) => part !== false && part != null && part !== '')
    .join(isChinese() ? chinese : other)
}

/** Names or numbers, one after the other: `a, b`, `a、b`. */
export function listed(names: readonly string[]): string {
  return joined(names, '、', ', ')
}

/** Parts of one sentence: `a, b`, `a，b`. */
export function clauses(...parts: readonly Part[]): string {
  return joined(parts, '，', ', ')
}

/** Parts that have commas of their own: `a; b`, `a；b`. */
export function phrases(parts: readonly string[]): string {
  return joined(parts, '；', '; ')
}

/** Whole sentences, each with its own full stop. */
export function sentences(...parts: readonly Part[]): string {
  return joined(parts, '', ' ')
}

/** Between sentences that cannot be put into one string, because one of them is marked. */
export function gap(): string {
  return isChinese() ? '' : ' '
}

/** A name and what it is: `a: b`, `a：b`. */
export function labelled(name: string, value: string): string {
  return `${name}${isChinese() ? '：' : ': '}${value}`
}

/** What belongs to a word, in brackets after it: `a (b)`, `a（b）`. */
export function bracketed(word: string, inside: string): string {
  return isChinese() ? `${word}（${inside}）` : `${word} (${inside})`
}

/** The end of a sentence that is put together. */
export function stopped(sentence: string): string {
  return `${sentence}${isChinese() ? '。' : '.'}`
}
