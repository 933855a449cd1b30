import type { ReadingControl } from '../../data/reading/reading'
import type page from '../i18n/en/page.json'

type OptionWord = keyof typeof page.reading.options
type EncodingWord = keyof typeof page.reading.encodings

/** Marks that are no names in the language file. */
const MARKS = {
  '': 'noArray',
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
  ' ': 'space',
  '.': 'point',
  "'": 'apostrophe',
  '#': 'hash',
  '%': 'percent',
  '//': 'slashes',
} as const satisfies Readonly<Record<string, OptionWord>>

/** Where no pictures are targets, and where all are samples. */
const TARGETS = { '': 'noTargets', '*': 'allSamples' } as const satisfies Readonly<
  Record<string, OptionWord>
>

/**
 * Where the words of an option are; null where it is shown as it is: a name of the person's own.
 * @param words those that the language file has
 */
export function readingOption(
  { id, verbatim }: Partial<Pick<ReadingControl, 'id'>> & Pick<ReadingControl, 'verbatim'>,
  value: string,
  words: Pick<typeof page.reading, 'encodings' | 'options'>,
): `options.${OptionWord}` | `encodings.${EncodingWord}` | null {
  if (id === 'targetsFrom' && isKey(value, TARGETS)) return `options.${TARGETS[value]}`
  if (isKey(value, MARKS) && (!verbatim || value === '')) return `options.${MARKS[value]}`
  if (verbatim) return null
  if (isKey(value, words.options)) return `options.${value}`
  return isKey(value, words.encodings) ? `encodings.${value}` : null
}

function isKey<Words extends object>(value: string, words: Words): value is string & keyof Words {
  return Object.hasOwn(words, value)
}
