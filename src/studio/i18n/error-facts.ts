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
  return replaced(facts, (text) => phraseIn(phrases, text) ?? text)
}

/** Stands at both ends of a phrase until it is known what stands beside it in its sentence. */
const EDGE = '\u2060'
const WIDE = '[\\p{Script=Han}，。；：、“”（）]'
const apart = new RegExp(`(?<=${WIDE}) ${EDGE}(?=${WIDE})|(?<=${WIDE})${EDGE} (?=${WIDE})`, 'gu')

/**
 * A sentence with such facts in it. Chinese sets names and numbers apart by a space, and its own words by none.
 * @param say puts facts into the sentence
 */
export function saidWith(phrases: Phrases, facts: Facts, say: (facts: Facts) => string): string {
  const edged = replaced(facts, (text) => {
    const said = phraseIn(phrases, text)
    return said === null ? text : `${EDGE}${said}${EDGE}`
  })
  return say(edged).replace(apart, '').replaceAll(EDGE, '')
}

function replaced(facts: Facts, said: (text: string) => string): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : said(bounded(withoutStop(name, value))),
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

/** @returns null where nobody has a phrase for it */
function phraseIn(phrases: Phrases, text: string): string | null {
  const whole = Object.hasOwn(phrases, text) ? phrases[text] : undefined
  if (whole !== undefined) return whole
  for (const { matches, said } of patternsOf(phrases)) {
    const found = matches.exec(text)
    if (found === null) continue
    return said.replace(/\{(\d)\}/g, (_, place: string) => found[Number(place) + 1] ?? '')
  }
  return null
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
