/** Which array or column an input of the model is given, and why. */
export interface InputMatch {
  /** Place among the sources; null: there is none left. */
  readonly source: number | null
  /** By its name, by its shape, or merely by its place. */
  readonly how: MatchedBy
}

export type MatchedBy = 'name' | 'shape' | 'place'

/** Words that do not tell one input or array from another. */
const IDLE = new Set([
  ...['x', 'input', 'inputs', 'array', 'data', 'feature', 'features', 'serving', 'default'],
  ...['train', 'training', 'test', 'testing', 'val', 'valid', 'validation'],
])

/**
 * Gives each input one source: those of its name first, gentlest comparison first; then those that fit best by shape,
 * then whatever is left, in order.
 * @param fits how well a source fits an input: 0 not at all
 * @param isLast sources that are only taken by their name, such as labels
 */
export function matchInputs(
  inputs: readonly string[],
  sources: readonly string[],
  fits: (input: number, source: number) => number,
  isLast: (source: number) => boolean,
): readonly InputMatch[] {
  const taken = new Set<number>()
  const found: (InputMatch | null)[] = inputs.map(() => null)
  const take = (input: number, source: number, how: MatchedBy): void => {
    if (source < 0 || found[input] != null || taken.has(source)) return
    found[input] = { source, how }
    taken.add(source)
  }
  const called = new Set(sources.map(plain))
  // Keras counts its inputs on from model to model: of input_2 and input_3 neither is the input_2 of another file.
  const isCounted = (input: string): boolean => telling(input) === ''
  const areCounted = inputs.filter(isCounted).every((input) => called.has(plain(input)))
  for (const fold of [plain, telling])
    inputs.forEach((input, at) => {
      const wanted = fold(input)
      const place = sources.findIndex((name, one) => !taken.has(one) && fold(name) === wanted)
      if (wanted !== '' && (areCounted || !isCounted(input))) take(at, place, 'name')
    })
  const pairs = inputs.flatMap((_, input) =>
    sources.flatMap((_name, source) => {
      const fit = isLast(source) ? 0 : fits(input, source)
      return fit > 0 ? [{ input, source, fit }] : []
    }),
  )
  const open = pairs.filter(({ input, source }) => found[input] == null && !taken.has(source))
  const ranked = open.toSorted((a, b) => b.fit - a.fit || a.input - b.input || a.source - b.source)
  for (const pair of ranked) {
    const { input, source, fit } = pair
    const rivals = open.filter(
      (other) => (other.input === input || other.source === source) && other.fit >= fit,
    )
    // What is left over after a mere guess is one as well.
    const sure = new Set(found.flatMap((match) => (match?.how === 'shape' ? [match.source] : [])))
    const isOpen = (other: typeof pair): boolean =>
      !sure.has(other.source) && found[other.input]?.how !== 'shape'
    take(input, source, rivals.filter(isOpen).length === 1 ? 'shape' : 'place')
  }
  inputs.forEach((_, at) => {
    take(
      at,
      sources.findIndex((_name, one) => !taken.has(one) && !isLast(one)),
      'place',
    )
  })
  return found.map((match) => match ?? { source: null, how: 'place' })
}

/** Words of a name, without case, marks and what a graph writes behind them. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/:\d+$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

function plain(name: string): string {
  return wordsOf(name).join(' ')
}

/** Numbers alone tell nothing: some count from 0, others from 1. */
export function telling(name: string): string {
  const words = wordsOf(name).filter((word) => !IDLE.has(word))
  return words.every((word) => /^\d+$/.test(word)) ? '' : words.join(' ')
}
