/** One field of an item: its name, and the text of its value. */
type LabelMapItem = Readonly<Record<string, string>>

/** Spaces and remarks; then a word or number, a text in quotes, or a sign. */
const TOKEN =
  /(?:[\s,;]|#[^\n]*(?:\n|$))*(?:([\w.+-]+)|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([{}<>[\]:]))/y

interface Token {
  readonly kind: 'word' | 'text' | 'sign'
  readonly text: string
}

/**
 * Reads a label map of TensorFlow's object detection (`label_map.pbtxt`): `item { id: 1 name: "cat" }`, one
 * after the other. Of protobuf's text form only this is read; fields inside fields are passed over.
 * @returns null where the text is anything else
 * @see https://protobuf.dev/reference/protobuf/textformat-spec/
 */
export function labelMapItems(text: string): readonly LabelMapItem[] | null {
  const tokens = tokensOf(text)
  if (tokens === null) return null
  const items: LabelMapItem[] = []
  for (let at = 0; at < tokens.length;) {
    if (tokens[at]?.kind !== 'word' || tokens[at]?.text !== 'item') return null
    const start = openedAt(tokens, at + 1)
    if (start === null) return null
    const end = closedAt(tokens, start)
    if (end === null) return null
    const item = fieldsIn(tokens.slice(start, end))
    if (item === null) return null
    items.push(item)
    at = end + 1
  }
  return items
}

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = []
  const rest = /(?:[\s,;]|#[^\n]*(?:\n|$))*$/y
  for (let at = 0; ; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null) {
      rest.lastIndex = at
      return rest.test(text) ? tokens : null
    }
    const [, word, double, single, sign] = match
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign })
    else tokens.push({ kind: 'text', text: unescaped(double ?? single ?? '') })
  }
}

function isSign(token: Token | undefined, signs: string): boolean {
  return token?.kind === 'sign' && signs.includes(token.text)
}

/** The place behind the bracket that opens here, with or without a colon before it. */
function openedAt(tokens: readonly Token[], at: number): number | null {
  const bracket = isSign(tokens[at], ':') ? at + 1 : at
  return isSign(tokens[bracket], '{<') ? bracket + 1 : null
}

/** The place of the bracket that closes what has been opened. */
function closedAt(tokens: readonly Token[], start: number): number | null {
  let depth = 1
  for (let at = start; at < tokens.length; at++) {
    if (isSign(tokens[at], '{<[')) depth++
    else if (isSign(tokens[at], '}>]') && --depth === 0) return at
  }
  return null
}

function fieldsIn(tokens: readonly Token[]): LabelMapItem | null {
  const fields = new Map<string, string>()
  for (let at = 0; at < tokens.length;) {
    const name = tokens[at]
    if (name?.kind !== 'word') return null
    const inner = openedAt(tokens, at + 1) ?? (isSign(tokens[at + 2], '[') ? at + 3 : null)
    if (inner !== null) {
      const end = closedAt(tokens, inner)
      if (end === null) return null
      at = end + 1
      continue
    }
    const value = tokens[at + 2]
    if (!isSign(tokens[at + 1], ':') || value === undefined || value.kind === 'sign') return null
    fields.set(name.text, value.text)
    at += 3
  }
  return Object.fromEntries(fields)
}

/** Bytes that are no ASCII are written as numbers: `\303\251` is é. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  const bytes: number[] = []
  const parts = text.matchAll(/\\([0-7]{1,3})|\\[xX]([\da-fA-F]{1,2})|\\(.)|([^\\]+)/g)
  for (const [, octal, hex, sign, plain] of parts) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff)
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else {
      const letter = sign === 'n' ? '\n' : sign === 't' ? '\t' : (sign ?? plain ?? '')
      for (const byte of new TextEncoder().encode(letter)) bytes.push(byte)
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}
