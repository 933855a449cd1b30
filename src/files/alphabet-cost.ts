/** What bytes above 127 cost in an encoding, in nats. */
export type EncodingCost = (bytes: Uint8Array) => number

/** Letters of one script beside English ones, each of one byte. */
export interface Alphabet {
  readonly decoded: (bytes: Uint8Array) => string | null
  /** Small letters, in the case that words are mostly in. */
  readonly letters: string
  /** Those of which most words are made. */
  readonly everyday: string
  readonly price: number
  /** Signs that stand over, under or behind a letter. */
  readonly marks?: string
}

/** How much more than an everyday letter others cost, and capital ones. */
const SELDOM = 2
const CAPITAL = 0.6
/** A capital letter behind a small one, a sign among letters, a letter beside English ones. */
const MIXED_CASE = 10
const SIGN = 8
const MIXED_SCRIPT = 6
/** A letter by itself is no word. */
const ALONE = 3

/** Whole words of one alphabet: of small letters, perhaps after a capital one. */
export function alphabetCost({
  decoded,
  letters,
  everyday,
  price,
  marks = '',
}: Alphabet): EncodingCost {
  const known = new Set(letters)
  const common = new Set(everyday)
  const signs = new Set(marks)
  return (bytes) => {
    const text = Array.from(decoded(bytes) ?? '')
    let cost = 0
    text.forEach((letter, at) => {
      if (letter < '\x80') return
      const [before = '', after = ''] = [text[at - 1], text[at + 1]]
      if (/[a-z]/i.test(before) || /[a-z]/i.test(after)) cost += MIXED_SCRIPT
      const small = letter.toLowerCase()
      const isCapital = small !== letter
      if (!known.has(before.toLowerCase()) && !known.has(after.toLowerCase())) cost += ALONE
      if (!known.has(small) || (signs.has(small) && !known.has(before))) cost += SIGN
      else if (isCapital && known.has(before)) cost += MIXED_CASE
      else cost += price + (common.has(small) ? 0 : SELDOM) + (isCapital ? CAPITAL : 0)
    })
    return cost
  }
}
