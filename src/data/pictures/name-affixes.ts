/** Words that pictures of one kind have before or behind what they have in common with their partners. */

/** Of the names of one kind, so many have the word. */
const NEARLY_ALL = 0.9
/** Words behind each other, as `_gtFine_labelIds` has two. */
const MOST_WORDS = 3
/** Letters of a name that is taken apart. */
const LONGEST = 200
/** With a digit before it a word needs no separator: `001GT`. */
const ENDING = /(?:[ _.-]+|(?<=\p{N}))\p{L}[\p{L}\p{N}]*$/u
const START = /^\p{L}+[ _.-]+/u

/**
 * All ways of taking away the words that nearly all of these names share, the most words first.
 * @param stems names without ending
 * @param fewest names that must share a word
 */
export function affixesIn(
  stems: readonly string[],
  fewest = 1,
): readonly ((stem: string) => string)[] {
  const enough = Math.max(fewest, NEARLY_ALL * stems.length)
  const shared = (found: (stem: string) => readonly string[]): readonly string[] => {
    const counts = new Map<string, number>()
    for (const stem of stems)
      for (const affix of stem.length > LONGEST ? [] : found(stem))
        counts.set(affix, (counts.get(affix) ?? 0) + 1)
    return [...counts]
      .filter(([, count]) => count >= enough)
      .map(([affix]) => affix)
      .toSorted((a, b) => b.length - a.length)
  }
  return [
    ...shared(endingsOf).map(
      (ending) => (stem: string) =>
        stem.endsWith(ending) && stem !== ending ? stem.slice(0, -ending.length) : stem,
    ),
    ...shared(startsOf).map(
      (start) => (stem: string) =>
        stem.startsWith(start) && stem !== start ? stem.slice(start.length) : stem,
    ),
  ]
}

/** The last word, the last two, and so on. */
function endingsOf(stem: string): readonly string[] {
  const endings: string[] = []
  let rest = stem
  for (let words = 0; words < MOST_WORDS; words++) {
    const { index = 0 } = ENDING.exec(rest) ?? {}
    if (index === 0) break
    rest = rest.slice(0, index)
    endings.push(stem.slice(index))
  }
  return endings
}

function startsOf(stem: string): readonly string[] {
  const [start] = START.exec(stem) ?? []
  return start === undefined ? [] : [start]
}
