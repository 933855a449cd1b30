/** Encodings that names and tables come in, by the labels of the Encoding Standard. */
export const textEncodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'gbk',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
] as const
export type TextEncoding = (typeof textEncodings)[number]

/** Whether every byte is UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  return decodedOrNull(bytes, 'utf-8') !== null
}

/** The text of bytes; null where some of them are nothing in this encoding. */
export function decodedOrNull(bytes: Uint8Array, encoding: TextEncoding): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
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
  letter: (byte: number) => boolean,
  { between, price }: { readonly between: number; readonly price: number },
): EncodingCost {
  return (bytes) => {
    let cost = 0
    bytes.forEach((byte, at) => {
      if (byte < 0x80) return
      const [before = 0, after = 0] = [bytes[at - 1], bytes[at + 1]]
      const amongLetters = isLetter(before) || isLetter(after)
      // A sign inside a word is a letter of another page.
      if (!letter(byte)) cost += inWord(before) && inWord(after) ? 11 : 6.5
      else if (before >= 0x80) cost += between
      else cost += amongLetters ? price : 6
    })
    return cost
  }
}

const isAccent1252 = (byte: number): boolean => byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7
const letters1250 = new Set([
  0x8a, 0x8c, 0x8d, 0x8e, 0x8f, 0x9a, 0x9c, 0x9d, 0x9e, 0x9f, 0xa3, 0xa5, 0xaa, 0xaf, 0xb3, 0xb9,
  0xba, 0xbc, 0xbe, 0xbf,
])

/** Cyrillic: whole words of small letters, perhaps after a capital one. */
function cyrillicCost(bytes: Uint8Array): number {
  let cost = 0
  bytes.forEach((byte, at) => {
    if (byte < 0x80) return
    const [before = 0, after = 0] = [bytes[at - 1], bytes[at + 1]]
    const small = byte >= 0xe0 || byte === 0xb8
    const capital = byte >= 0xc0 && byte < 0xe0
    if (isLetter(before) || isLetter(after)) cost += 6
    if (small) cost += 3.7
    else if (capital) cost += before >= 0xe0 ? 10 : 4.7
    else cost += 8
  })
  return cost
}

/** What bytes above 127 cost in an encoding, in nats. */
export type EncodingCost = (bytes: Uint8Array) => number

/** What a character of two bytes costs, by its first and second byte. */
type PairCost = (lead: number, trail: number) => number

/** @param single of bytes above 127 that stand alone; null where all of them lead */
function doubleByteCost(
  pair: PairCost,
  single: (byte: number) => number | null = () => null,
): EncodingCost {
  return (bytes) => {
    let cost = 0
    for (let at = 0; at < bytes.length; at++) {
      const lead = bytes[at] ?? 0
      if (lead < 0x80) continue
      const alone = single(lead)
      if (alone !== null) {
        // Letters of half width come in words of their own.
        const isMixed = isLetter(bytes[at - 1] ?? 0) || isLetter(bytes[at + 1] ?? 0)
        cost += isMixed ? alone + 3 : alone
        continue
      }
      const trail = bytes[at + 1] ?? 0
      cost += pair(lead, trail)
      // A lone ideograph inside a Latin word is an accent that was read wrongly.
      if (isLetter(bytes[at - 1] ?? 0)) cost += 2
      if (isLetter(bytes[at + 2] ?? 0)) cost += 2
      at++
    }
    return cost
  }
}

const COMMON_HANGUL = new Set(
  '가각간갈감강개거건검게격견결경계고공과관광교구국군권그금급기길김나남내너네녀년노농누는능니다단달담당대더데도독동되된두드든등디라락란람래량러레려력련령로록론료루류르른를름리린림마만말매머먼면명모목무문물미민바박반발방배백법베변별보본부북분불비빈사산살상새생서석선설성세소속손송수순술스습승시식신실심아안알암양어억언업에여역연열영예오온와완외요용우운울원월위유육율으은을음의이인일임입있자작잔장재저적전절점정제조족종주중즉증지직진질집차찬참창처천철첫청체초총최추축출충치카코크타탄태터토통투트특파판편평포표품프피하학한할함합해했행향허현형호혼화환활황회효후히개고양강아말새꽃곰닭소쥐돼',
)

const koreanPair: PairCost = (lead, trail) => {
  const hangul = lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1
  if (!hangul) return lead >= 0xca && trail >= 0xa1 ? 12 : 14
  const text = new TextDecoder('euc-kr').decode(Uint8Array.of(lead, trail))
  return COMMON_HANGUL.has(text) ? 5.8 : 9.4
}

/** The cheapest reading wins; of equal ones the first. */
export const costs: readonly (readonly [TextEncoding, EncodingCost])[] = [
  ['windows-1252', singleByteCost(isAccent1252, { between: 7.6, price: 4.2 })],
  [
    'windows-1250',
    singleByteCost((byte) => isAccent1252(byte) || letters1250.has(byte), {
      between: 7.8,
      price: 4.5,
    }),
  ],
  ['windows-1251', cyrillicCost],
  [
    'gbk',
    doubleByteCost((lead, trail) => {
      if (trail < 0xa1 || lead < 0xa1) return 14.8
      if (lead >= 0xb0 && lead <= 0xd7) return 8.2
      return lead === 0xa1 || lead === 0xa3 ? 7 : lead > 0xd7 && lead <= 0xf7 ? 11.5 : 12
    }),
  ],
  [
    'big5',
    doubleByteCost((lead) => {
      if (lead >= 0xa4 && lead <= 0xc6) return 8.7
      return lead === 0xa1 ? 7 : lead >= 0xc9 && lead <= 0xf9 ? 12 : 14
    }),
  ],
  [
    'shift_jis',
    doubleByteCost(
      (lead) => {
        if (lead === 0x82 || lead === 0x83) return 5.4
        if (lead >= 0x88 && lead <= 0x97) return 9
        return lead === 0x81 ? 6 : 12
      },
      (byte) => (byte >= 0xa1 && byte <= 0xdf ? 7 : null),
    ),
  ],
  [
    'euc-jp',
    doubleByteCost((lead) => {
      if (lead === 0xa4 || lead === 0xa5) return 5.4
      if (lead >= 0xb0 && lead <= 0xcf) return 9
      return lead === 0xa1 ? 6.5 : 12
    }),
  ],
  ['euc-kr', doubleByteCost(koreanPair)],
]
