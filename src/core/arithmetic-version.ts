/**
 * Version of the arithmetic: of everything between settings and figures, which is codes, decoded values, sizes,
 * scores and the steps of training. Whatever is kept and would be another figure, or go on to one, carries it.
 *
 * Raise it with a change after which equal settings on the same model and data give other bytes or other figures.
 * A new setting that is off changes nothing, nor does a backend: those differ within one version as well.
 *
 * 1. Scales are doubles. Never written down: what carries no version is of this one.
 * 2. Scales are float32, rounded up, also of learned ranges; the last block of a group may be short; zips are
 *    deflated by the strategy that suits each file.
 * 3. Outputs without labels are compared by what they mean: colours, boxes and embeddings are no classes, and
 *    are no longer turned into logits.
 */
export const ARITHMETIC_VERSION = 3

/** Whether something that was kept says that this arithmetic computed it; one that is newer is another, too. */
export function isOfThisArithmetic(kept: unknown): boolean {
  return (
    typeof kept === 'object' &&
    kept !== null &&
    'arithmetic' in kept &&
    kept.arithmetic === ARITHMETIC_VERSION
  )
}
