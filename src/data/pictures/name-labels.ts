/** A class for each picture out of its file name: `cat.0.jpg`, `Abyssinian_12.png`, `0007-dog.jpeg`. */

/** Of all names, so many must have a class in them before it is believed. */
const ENOUGH = 0.9

/** Names are looked at from both ends and not by one pattern, which would take very long for some. */
const WORDS = /^\p{L}[\p{L}\p{M}\p{N}'& _-]*$/u
const IN_BRACKETS = /^(?:\[(\p{L}[^[\]]*)\]|\d+[ ._-]*\((\p{L}[^()]*)\)$)/u
const AFTER_NUMBER = /^\d+[ .,_-]+(\p{L}[\p{L}\p{M}'& _-]*)$/u

/** What cameras, phones and tools write before a number, which is no class. */
const NO_CLASS =
  /^(?:img|dsc[nf]?|dji|gopr|mvi|pxl|vid|wp|p|image|images|photo|picture|pic|screenshot|scan|frame|file|sample|train|val|test|isic|图片|照片|微信图片|画像|写真)$/i

/** `IMG`, and `IMG_20260102` before the time of the day. */
function isNoClass(words: string): boolean {
  return NO_CLASS.test(words.slice(0, startOf(words, words.length, '0123456789 _-')))
}

/** What stands before the number at the end of a name; null where there is no such number. */
export function wordsBeforeNumber(fileName: string): string | null {
  const stem = stemOf(fileName)
  const inBrackets = stem.endsWith(')')
  const end = inBrackets ? stem.length - 1 : stem.length
  let start = startOf(stem, end, '0123456789')
  if (start === end) return null
  if (stem[start - 1] === '(') start--
  const words = stem.slice(0, startOf(stem, start, ' ._-'))
  return WORDS.test(words) ? words : null
}

/** Where the run of these letters starts that ends at a place. */
function startOf(text: string, end: number, letters: string): number {
  let start = end
  while (start > 0 && letters.includes(text[start - 1] ?? '!')) start--
  return start
}

/** What stands behind the number at the start of a name; null where there is no such number. */
export function wordsAfterNumber(fileName: string): string | null {
  return AFTER_NUMBER.exec(stemOf(fileName))?.[1] ?? null
}

/** What stands in brackets before or behind the number: `[cat]3.png`, `3 (cat).png`. */
export function wordsInBrackets(fileName: string): string | null {
  const [, before, behind] = IN_BRACKETS.exec(stemOf(fileName)) ?? []
  return (before ?? behind)?.trim() ?? null
}

function stemOf(fileName: string): string {
  return fileName.replace(/\.[^.]{1,5}$/, '')
}

/**
 * The class in each name, null for names without one. Null where names do not look as if they held
 * classes: fewer than two, many of them with one picture, or too many names without.
 * @param folders in which they lie: those in which no name has a class are not asked
 */
export function labelsInNames(
  fileNames: readonly string[],
  folders: readonly string[] = [],
): readonly (string | null)[] | null {
  for (const wordsIn of [wordsBeforeNumber, wordsAfterNumber, wordsInBrackets]) {
    const labels = fileNames.map((name) => {
      const words = wordsIn(name)
      return words === null || isNoClass(words) ? null : words
    })
    if (areClasses(labels, folders)) return labels
  }
  return null
}

function areClasses(labels: readonly (string | null)[], folders: readonly string[]): boolean {
  const counts = new Map<string, number>()
  for (const label of labels) if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1)
  const named = new Set(folders.filter((_, place) => labels[place] !== null))
  const asked = labels.filter((_, place) => {
    const folder = folders[place]
    return folder === undefined || named.has(folder)
  })
  const found = labels.filter((label) => label !== null).length
  const alone = [...counts.values()].filter((count) => count === 1).length
  return counts.size > 1 && found >= ENOUGH * asked.length && alone <= 0.1 * counts.size
}

/** With fewer pictures of one number it is no class. */
const FEWEST = 2

/**
 * A number in each name that may be a class: the first or the last of several, where there are as many different
 * ones as classes, from 0 or 1, and each comes again. Null where there is none.
 */
export function numbersInNames(
  fileNames: readonly string[],
  classes: number,
): readonly string[] | null {
  const numbers = fileNames.map((name) => stemOf(name).match(/\d+/g) ?? [])
  if (numbers.some((found) => found.length < 2)) return null
  for (const at of [0, -1]) {
    const labels = numbers.map((found) => String(Number(found.at(at))))
    const counts = new Map<string, number>()
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
    const start = counts.has('0') ? 0 : 1
    const isWhole = Array.from({ length: classes }, (_, place) => String(start + place)).every(
      (label) => (counts.get(label) ?? 0) >= FEWEST,
    )
    if (counts.size === classes && isWhole) return labels
  }
  return null
}
