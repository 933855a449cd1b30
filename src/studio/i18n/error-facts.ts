/**
 * The facts of an error are written in English where it is thrown. In another language the page says those
 * that are words in that language; names, numbers and what a browser or a library has said stay as they are.
 */

/** English phrases with what they are called; `{0}` stands for anything. */
export type Phrases = Readonly<Record<string, string>>

type Facts = Readonly<Record<string, string | number>>

interface Pattern {
  readonly matches: RegExp
  readonly said: string
}

const compiled = new WeakMap<Phrases, readonly Pattern[]>()

/** The same facts in the language of the phrases. */
export function factsIn(phrases: Phrases, facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : phraseIn(phrases, bounded(withoutStop(name, value))),
    ]),
  )
}

/** Browsers and libraries end what they say with a full stop, and so does the sentence around it. */
function withoutStop(name: string, text: string): string {
  return name === 'reason' ? text.replace(/(?<!\.)\.$/, '') : text
}

/** More than this is no sentence any more, whoever wrote it: a file, a browser or a library. */
const LONGEST = 400

function bounded(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text
}

function phraseIn(phrases: Phrases, text: string): string {
  const whole = Object.hasOwn(phrases, text) ? phrases[text] : undefined
  if (whole !== undefined) return whole
  for (const { matches, said } of patternsOf(phrases)) {
    const found = matches.exec(text)
    if (found === null) continue
    return said.replace(/\{(\d)\}/g, (_, place: string) => found[Number(place) + 1] ?? '')
  }
  return text
}

/** Those with places for facts of their own, longest first: the most particular one counts. */
function patternsOf(phrases: Phrases): readonly Pattern[] {
  let patterns = compiled.get(phrases)
  if (patterns === undefined) {
    patterns = Object.entries(phrases)
      .filter(([english]) => english.includes('{0}'))
      .sort(([one], [other]) => other.length - one.length)
      .map(([english, said]) => ({
        matches: new RegExp(
          `^${english.replace(/[.*+?^$()|[\]\\/]/g, '\\$&').replace(/\{\d\}/g, '(.+)')}$`,
        ),
        said,
      }))
    compiled.set(phrases, patterns)
  }
  return patterns
}
