import { columnsOf, onlySide } from './output-columns'
import type { OutputKind } from './output-kind'

/**
 * What the numbers along the last side of an output are. classes: alternatives, the largest wins; numbers:
 * quantities, such as colours, boxes or a price; vectors: a place in a space, such as an embedding.
 */
export const outputMeanings = ['classes', 'numbers', 'vectors'] as const
export type OutputMeaning = (typeof outputMeanings)[number]

interface Output {
  readonly kind: OutputKind
  readonly name: string
  readonly shape: readonly (number | null)[]
  /** Of the first input. */
  readonly input: readonly (number | null)[]
  /** See `OutputFacts` of `src/graph`. */
  readonly gathered: boolean
}

const VECTORS = /embed|feature|descriptor|fingerprint|latent|encod/i
const NUMBERS =
  /box|bound|loc|detect|yolo|anchor|heatmap|key_?point|landmark|offset|displace|depth|flow|pose/i

/**
 * What an output means, as far as its form and its names tell. It is a guess, and shown as one.
 */
export function guessMeaning({ kind, name, shape, input, gathered }: Output): OutputMeaning {
  const columns = columnsOf(shape)
  const isRow = shape.length === 2 || onlySide(shape) !== null
  if (kind === 'probabilities') return 'classes'
  if (columns === 1) return kind === 'sigmoid' ? 'classes' : 'numbers'
  if (!isRow && makesPictures(shape, input)) return 'numbers'
  if (kind === 'sigmoid') return 'classes'
  if (NUMBERS.test(name)) return 'numbers'
  if (isRow) return VECTORS.test(name) || gathered ? 'vectors' : 'classes'
  // Rows of numbers for a picture are what detectors write: boxes, points, anchors.
  return shape.length === 3 && input.length === 4 ? 'numbers' : 'classes'
}

/** As many colours out as in. */
function makesPictures(
  shape: readonly (number | null)[],
  input: readonly (number | null)[],
): boolean {
  const colours = shape.at(-1)
  const isColours = colours === 3 || colours === 4
  return shape.length === 4 && input.length === 4 && isColours && input.at(-1) === colours
}
