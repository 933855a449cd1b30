import { alphabetCost } from './alphabet-cost'
import type { Alphabet, EncodingCost } from './alphabet-cost'
import {
  COMMON_HANGUL,
  COMMON_KANJI,
  COMMON_SIMPLIFIED,
  COMMON_TRADITIONAL,
} from './common-characters'

/** Encodings in which ASCII stays what it is, by the labels of the Encoding Standard. */
export const byteEncodings = [
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'ibm866',
  'koi8-r',
  'windows-1253',
  'windows-874',
  'gbk',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
] as const

/** Encodings that texts come in. */
export const textEncodings = ['utf-8', 'utf-16le', 'utf-16be', ...byteEncodings] as const
export type TextEncoding = (typeof textEncodings)[number]

/** Made once: a zip has as many names as files. */
const decoders = new Map<TextEncoding, InstanceType<typeof TextDecoder>>()

/** Whether every byte is UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  return decodedOrNull(bytes, 'utf-8') !== null
}

/** The text of bytes; null where some of them are nothing in this encoding. */
export function decodedOrNull(bytes: Uint8Array, encoding: TextEncoding): string | null {
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding, { fatal: true })
  decoders.set(encoding, decoder)
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

/**
 * The encoding that bytes are most likely in: the one under which they cost the fewest nats, where each
 * character costs what it is rare in texts of that encoding. A few names are enough for a guess; it stays one.
 * @returns null where no encoding reads them
 */
export function likelyEncoding(bytes: Uint8Array): TextEncoding | null {
  if (isUtf8(bytes)) return 'utf-8'
  let best: { encoding: TextEncoding; cost: number } | null = null
  for (const [encoding, cost] of costs) {
    if (decodedOrNull(bytes, encoding) === null) continue
    const found = cost(bytes)
    if (best === null || found < best.cost) best = { encoding, cost: found }
  }
  return best?.encoding ?? null
}

const MARKS: readonly (readonly [TextEncoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** The encoding that the mark at the start of a text says; null where there is none. */
export function markedEncoding(bytes: Uint8Array): TextEncoding | null {
  const marked = MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))
  return marked?.[0] ?? null
}

/** UTF-16 without a mark: every other byte of plain text is zero. */
export function likelyUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const even = bytes.filter((byte, at) => at % 2 === 0 && byte === 0).length
  const odd = bytes.filter((byte, at) => at % 2 === 1 && byte === 0).length
  const half = bytes.length / 2
  if (odd > 0.4 * half && even === 0) return 'utf-16le'
  if (even > 0.4 * half && odd === 0) return 'utf-16be'
  return null
}

const isLetter = (byte: number): boolean => /[a-z]/i.test(String.fromCharCode(byte))

const inWord = (byte: number): boolean => byte >= 0x80 || isLetter(byte)

/** One byte a character: letters stand beside letters, and accents seldom side by side. */
function singleByteCost(
  letter: (byte: number, before: number, after: number) => boolean,
  { between, price }: { readonly between: number; readonly price: number },
): EncodingCost {
  return (bytes) => {
    let cost = 0
    bytes.forEach((byte, at) => {
      if (byte < 0x80) return
      const [before = 0, after = 0] = [bytes[at - 1], bytes[at + 1]]
      const amongLetters = isLetter(before) || isLetter(after)
      // A sign inside a word is a letter of another page.
      if (!letter(byte, before, after)) cost += inWord(before) && inWord(after) ? 11 : 6.5
      else if (before >= 0x80) cost += between
      else cost += amongLetters ? price : 6
    })
    return cost
  }
}

const isAccent = (byte: number): boolean => byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7
const FINAL_1252: ReadonlySet<number> = new Set([0xec, 0xf2, 0xf9])
const [E_GRAVE, K] = [0xe8, 0x6b]
/**
 * œ and Œ before u, where French has them; ì, ò and ù at the end, where Italian and French have them; no è
 * before k, where it is the č of others.
 */
function isAccent1252(byte: number, before: number, after: number): boolean {
  if (byte === 0x9c || byte === 0x8c) return after === 0x75 || after === 0x55
  if (byte === E_GRAVE && after === K) return false
  return isAccent(byte) && !(FINAL_1252.has(byte) && isLetter(before) && isLetter(after))
}
const letters1250 = new Set([
  0x8a, 0x8c, 0x8d, 0x8e, 0x8f, 0x9a, 0x9c, 0x9d, 0x9e, 0x9f, 0xa3, 0xa5, 0xaa, 0xaf, 0xb3, 0xb9,
  0xba, 0xbc, 0xbe, 0xbf,
])

const RUSSIAN = {
  letters: 'абвгдежзийклмнопрстуфхцчшщъыьэюяё',
  everyday: 'оеаинтсрвлкмдпуя',
  price: 3.4,
}
const GREEK = {
  letters: 'αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ',
  everyday: 'αοιετσνηυρπκμλςάίόέή',
  price: 4.1,
}

const THAI = {
  letters: 'กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลวศษสหฬอฮะัาำิีึืฺุูเแโใไๅๆ็่้๊๋์',
  everyday: 'กขคงจชดตทนบปผพมยรลวสหอะัาิีืุูเแไ็่้์',
  price: 4.7,
  marks: 'ะัาำิีึืฺุูๅ็่้๊๋์',
}

/** The cost of an alphabet in the encoding that has it. */
function alphabetIn(encoding: TextEncoding, alphabet: Omit<Alphabet, 'decoded'>): EncodingCost {
  return alphabetCost({ ...alphabet, decoded: (bytes) => decodedOrNull(bytes, encoding) })
}

/** What a character of two bytes costs, by its first and second byte. */
type PairCost = (lead: number, trail: number) => number

/** @param single of bytes above 127 that stand alone; null where all of them lead */
function doubleByteCost(
  pair: PairCost,
  single: (byte: number) => number | null = () => null,
): EncodingCost {
  return (bytes) => {
    let cost = 0
    let wasPair = false
    for (let at = 0; at < bytes.length; at++) {
      const lead = bytes[at] ?? 0
      // The second byte of a character may be that of a letter, but is none.
      const afterLetter = !wasPair && isLetter(bytes[at - 1] ?? 0)
      wasPair = false
      if (lead < 0x80) continue
      const alone = single(lead)
      if (alone !== null) {
        // Letters of half width come in words of their own.
        const isMixed = afterLetter || isLetter(bytes[at + 1] ?? 0)
        cost += isMixed ? alone + 3 : alone
        continue
      }
      cost += pair(lead, bytes[at + 1] ?? 0)
      // A lone ideograph inside a Latin word is an accent that was read wrongly.
      if (afterLetter) cost += 2
      if (isLetter(bytes[at + 2] ?? 0)) cost += 2
      at++
      wasPair = true
    }
    return cost
  }
}

/** Whether a character of two bytes is one of these. */
function isOneOf(
  common: ReadonlySet<string>,
  encoding: TextEncoding,
  lead: number,
  trail: number,
): boolean {
  const text = decodedOrNull(Uint8Array.of(lead, trail), encoding)
  return text !== null && common.has(text)
}

const koreanPair: PairCost = (lead, trail) => {
  const hangul = lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1
  if (!hangul) return lead >= 0xca && trail >= 0xa1 ? 12 : 14
  return isOneOf(COMMON_HANGUL, 'euc-kr', lead, trail) ? 5.8 : 9.4
}

/** The cheapest reading wins; of equal ones the first. */
export const costs: readonly (readonly [TextEncoding, EncodingCost])[] = [
  ['windows-1252', singleByteCost(isAccent1252, { between: 7.6, price: 4.2 })],
  [
    'windows-1250',
    singleByteCost((byte) => isAccent(byte) || letters1250.has(byte), {
      between: 7.8,
      price: 4.5,
    }),
  ],
  ['windows-1251', alphabetIn('windows-1251', RUSSIAN)],
  // Systems of their own time, and seldom now.
  ['ibm866', alphabetIn('ibm866', RUSSIAN)],
  ['koi8-r', alphabetIn('koi8-r', { ...RUSSIAN, price: 3.6 })],
  ['windows-1253', alphabetIn('windows-1253', GREEK)],
  ['windows-874', alphabetIn('windows-874', THAI)],
  [
    'gbk',
    doubleByteCost((lead, trail) => {
      if (trail < 0xa1 || lead < 0xa1) return 14.8
      if (lead >= 0xb0 && lead <= 0xd7)
        return isOneOf(COMMON_SIMPLIFIED, 'gbk', lead, trail) ? 6.8 : 9
      return lead === 0xa1 || lead === 0xa3 ? 7 : lead > 0xd7 && lead <= 0xf7 ? 11.5 : 12
    }),
  ],
  [
    'big5',
    doubleByteCost((lead, trail) => {
      if (lead >= 0xa4 && lead <= 0xc6)
        return isOneOf(COMMON_TRADITIONAL, 'big5', lead, trail) ? 6.8 : 9.2
      return lead === 0xa1 ? 7 : lead >= 0xc9 && lead <= 0xf9 ? 12 : 14
    }),
  ],
  [
    'shift_jis',
    doubleByteCost(
      (lead, trail) => {
        if (lead === 0x82 || lead === 0x83) return 5.4
        if (lead >= 0x88 && lead <= 0x97)
          return isOneOf(COMMON_KANJI, 'shift_jis', lead, trail) ? 6.8 : 9.4
        return lead === 0x81 ? 6 : 12
      },
      (byte) => (byte >= 0xa1 && byte <= 0xdf ? 7 : null),
    ),
  ],
  [
    'euc-jp',
    doubleByteCost((lead, trail) => {
      if (lead === 0xa4 || lead === 0xa5) return 5.4
      if (lead >= 0xb0 && lead <= 0xcf)
        return isOneOf(COMMON_KANJI, 'euc-jp', lead, trail) ? 6.8 : 9.4
      return lead === 0xa1 ? 6.5 : 12
    }),
  ],
  ['euc-kr', doubleByteCost(koreanPair)],
]
