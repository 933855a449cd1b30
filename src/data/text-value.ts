import { labelMapItems } from './label-map'

/** Characters that a parser is given: ten thousand names are shorter. */
const MOST = 2 ** 18
/** Brackets inside brackets; names have one or two. */
const DEEPEST = 64

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
  if (trimmed.length > MOST || isDeep(trimmed)) return null
  return isYaml ? yamlValue(trimmed) : labelMapItems(trimmed)
}

/** Loaded once there is such a file; most models have none. */
async function yamlValue(text: string): Promise<unknown> {
  const { parse } = await import('yaml')
  // To look for keys that come twice takes it the square of their number; as in JSON the last one counts.
  return parse(text, { schema: 'failsafe', logLevel: 'error', uniqueKeys: false })
}

function isDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += '[{'.includes(bracket) ? 1 : -1
    if (depth > DEEPEST) return true
  }
  return false
}
