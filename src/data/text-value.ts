import { labelMapItems } from './label-map'

/** Characters that a parser is given: ten thousand names are shorter. */
const MOST = 2 ** 18
/** Brackets inside brackets; names have one or two. */
const DEEPEST = 64
/** Keys with a mark before them, and tags and anchors, that YAML may have: descriptions have a few. */
const MOST_MARKS = 64
/** Columns of a line before its first word; each may be one more level. */
const FURTHEST = 128
/** Characters of a line: a thousand names in one have twenty thousand. */
const LONGEST_LINE = 2 ** 15
const KEY_MARK = /(?<![^\s,[{])\?(?!\S)/g
/** A tag or an anchor, not the sign between two words. */
const PROPERTY = /(?<![^\s,[{])[&!](?:\S+|(?=\s*[&!]))/g
const INDENTED = new RegExp(`^[ \\t?:-]{${FURTHEST + 1}}`, 'm')

/**
 * What a text says as plain values: JSON; YAML and label maps of TensorFlow by the names of their files; all
 * else is the text itself. Every value of YAML is a text: `no` and `007` are names.
 * @returns null for a label map that is none, and for YAML and label maps beyond all bounds
 * @throws what the parsers throw
 */
export async function valueOfText(file: string, text: string): Promise<unknown> {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  const isYaml = /\.ya?ml$/i.test(file)
  if (!isYaml && !/\.pbtxt$/i.test(file))
    return /^[[{]/.test(trimmed) ? JSON.parse(trimmed) : trimmed
  if (trimmed.length > MOST || isDeep(trimmed) || (isYaml && isOverdone(trimmed))) return null
  return isYaml ? yamlValue(trimmed) : labelMapItems(trimmed)
}

/** Loaded once there is such a file; most models have none. */
async function yamlValue(text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  // To look for keys that come twice, or to show the line of each error, takes it the square of their number; as in
  // JSON the last key counts.
  return parse(text, {
    schema: 'failsafe',
    logLevel: 'error',
    uniqueKeys: false,
    prettyErrors: false,
  })
}

function isDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += '[{'.includes(bracket) ? 1 : -1
    if (depth > DEEPEST) return true
  }
  return false
}

/** Whether YAML is nested by other means than brackets, or marked, beyond all use: its parser would not survive it. */
function isOverdone(text: string): boolean {
  if (text.split(/\r?\n|\r/).some(({ length }) => length > LONGEST_LINE)) return true
  if ([...text.matchAll(KEY_MARK)].length > MOST_MARKS) return true
  const properties = [...text.matchAll(PROPERTY)]
  // Tags and anchors stand between the levels of a line.
  return properties.length > MOST_MARKS || INDENTED.test(text.replace(PROPERTY, ''))
}
