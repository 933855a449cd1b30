import type { EncodingCost } from './alphabet-cost'
import { byteEncodings, costs, decodedOrNull, isUtf8 } from './likely-encoding'
import type { TextEncoding } from './likely-encoding'

/** Encodings of names in archives from before Unicode; `cp437` is none of the Encoding Standard. */
export const nameEncodings = ['utf-8', 'cp437', ...byteEncodings] as const
export type NameEncoding = (typeof nameEncodings)[number]

/**
 * Bytes 128 to 255 of the code page of the first PCs.
 * @see https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/CP437.TXT
 */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

/**
 * The text of a name. What is nothing in this encoding is read in code page 437, where every byte is another
 * character: so names that differ stay apart.
 */
export function decodedName(bytes: Uint8Array, encoding: NameEncoding): string {
  const text = encoding === 'cp437' ? null : readable(bytes, encoding)
  return text ?? inCp437(bytes)
}

/** null for what no name holds as well: control characters, which some pages have for every unused byte. */
function readable(bytes: Uint8Array, encoding: TextEncoding): string | null {
  const text = decodedOrNull(bytes, encoding)
  return text === null || /\p{Cc}/u.test(text) ? null : text
}

function inCp437(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : (CP437[byte - 0x80] ?? ''),
  ).join('')
}

/** Of different parts of names, as many bytes are looked at. */
const EVIDENCE = 2 ** 16
/** What a byte costs that is nothing in an encoding. */
const UNREADABLE = 12

/**
 * The encoding that names are most likely in, by all of them together: where each is UTF-8 that, else the one
 * under which their parts cost the fewest nats.
 * @param names of which each has bytes above 127
 */
export function likelyNameEncoding(names: readonly Uint8Array[]): NameEncoding {
  if (names.every(isUtf8)) return 'utf-8'
  const parts = differentParts(names)
  let best: { encoding: NameEncoding; cost: number } | null = null
  for (const encoding of nameEncodings) {
    const cost = parts.reduce((sum, part) => sum + costOf(part, encoding), 0)
    if (best === null || cost < best.cost) best = { encoding, cost }
  }
  return best?.encoding ?? 'cp437'
}

/** How names are read: the likeliest encoding, and names that are UTF-8 beside it. */
interface NameGuess {
  readonly likely: NameEncoding
  /** Places of names that are UTF-8 though others are not. */
  readonly utf8: ReadonlySet<number>
}

/** So many nats must be saved by reading names in two encodings that one could read. */
const WORTH_A_SECOND = 6

/**
 * The encoding of names from several systems: one for all of them, or, where that leaves some unread or costs
 * far more, UTF-8 for those that are it and the likeliest one for the rest.
 * @param names of which each has bytes above 127
 */
export function guessNames(names: readonly Uint8Array[]): NameGuess {
  const likely = likelyNameEncoding(names)
  const one: NameGuess = { likely, utf8: new Set() }
  const valid = names.map(isUtf8)
  const rest = names.filter((_, place) => valid[place] !== true)
  if (rest.length === 0 || rest.length === names.length) return one
  const other = likelyNameEncoding(rest)
  // Names that were cut within a character are what the others are.
  if (other === 'utf-8') return one
  const utf8 = new Set<number>()
  names.forEach((name, place) => {
    if (valid[place] === true && isMeant(name) && savingOf([name], other) > 0) utf8.add(place)
  })
  if (utf8.size === 0) return one
  const unread = (encodingOf: (place: number) => NameEncoding): number =>
    names.filter((name, place) => !isReadable(name, encodingOf(place))).length
  const readsMore = unread((place) => (utf8.has(place) ? 'utf-8' : other)) < unread(() => likely)
  const saved = savingOf(
    names.filter((_, place) => utf8.has(place)),
    other,
  )
  return readsMore || saved >= WORTH_A_SECOND ? { likely: other, utf8 } : one
}

/** Three letters of one alphabet, one beside a letter of ASCII, or one of three bytes. */
const MEANT =
  /[\u0800-\u{10ffff}]|[a-z][\u0080-\u07ff]|[\u0080-\u07ff][a-z]|\p{Script=Latin}{3}|\p{Script=Cyrillic}{3}|\p{Script=Greek}{3}|\p{Script=Hebrew}{3}|\p{Script=Arabic}{3}/iu

/** Whether UTF-8 is more than chance: two bytes of an East Asian character are a letter of it now and then. */
function isMeant(name: Uint8Array): boolean {
  return differentParts([name]).some((part) => MEANT.test(decodedOrNull(part, 'utf-8') ?? ''))
}

function isReadable(name: Uint8Array, encoding: NameEncoding): boolean {
  return encoding === 'cp437' || readable(name, encoding) !== null
}

/** Nats that UTF-8 costs less for the different parts of names. */
function savingOf(names: readonly Uint8Array[], encoding: NameEncoding): number {
  return differentParts(names).reduce(
    (sum, part) => sum + costOf(part, encoding) - costOf(part, 'utf-8'),
    0,
  )
}

const tableCosts = new Map<NameEncoding | TextEncoding, EncodingCost>(costs)

function costOf(part: Uint8Array, encoding: NameEncoding): number {
  if (encoding === 'cp437') return cp437Cost(part)
  const text = readable(part, encoding)
  if (text === null) return UNREADABLE * part.filter((byte) => byte >= 0x80).length
  // What has no cost is only chosen by people.
  return encoding === 'utf-8' ? utf8Cost(text) : (tableCosts.get(encoding)?.(part) ?? Infinity)
}

/** Every byte is another character. */
const keys = new TextDecoder('windows-1252')

/** Two bytes are a letter by chance as well: 图 of GBK is one. */
function utf8Cost(text: string): number {
  return 9 * Array.from(text).filter((letter) => letter > '\x7f').length
}

/** Folders and files with bytes above 127, each once; no encoding has a slash in a longer character. */
function differentParts(names: readonly Uint8Array[]): readonly Uint8Array[] {
  const parts = new Map<string, Uint8Array>()
  let size = 0
  for (const name of names)
    for (let start = 0; start < name.length && size < EVIDENCE;) {
      const slash = name.indexOf(0x2f, start)
      const end = slash === -1 ? name.length : slash
      const part = name.subarray(start, end)
      const key = keys.decode(part)
      if (part.some((byte) => byte >= 0x80) && !parts.has(key)) {
        parts.set(key, part)
        size += part.length
      }
      start = end + 1
    }
  return [...parts.values()]
}

/** The letters of western Europe, those that are frequent first. */
const COMMON_LETTERS = 'üéäöáíóúñçèàêßÄÖÜ'
const SMALL = /\p{Ll}/u
const CAPITAL = /\p{Lu}/u

/** Words of Latin letters with accents here and there; a small letter is followed by no capital one. */
function cp437Cost(bytes: Uint8Array): number {
  const text = Array.from(inCp437(bytes))
  let cost = 0
  text.forEach((letter, at) => {
    const [before = '', after = ''] = [text[at - 1], text[at + 1]]
    if (letter.charCodeAt(0) < 0x80) {
      if (CAPITAL.test(letter) && before.charCodeAt(0) >= 0x80 && SMALL.test(before)) cost += 5
      return
    }
    const isLatin = /\p{Script=Latin}/u.test(letter) && letter !== 'ª' && letter !== 'º'
    const amongLetters = /[a-z]/i.test(before) || /[a-z]/i.test(after)
    if (!isLatin) cost += amongLetters ? 11 : 8
    else if (before !== '' && before.charCodeAt(0) >= 0x80) cost += 7
    else if (amongLetters) cost += COMMON_LETTERS.includes(letter) ? 4.2 : 5.5
    else cost += 9
    if (CAPITAL.test(letter) && SMALL.test(before)) cost += 5
  })
  return cost
}
