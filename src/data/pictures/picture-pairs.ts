import type { Between } from '../../files/between'
import { isSplitName } from './folder-layout'
import { affixesIn } from './name-affixes'
import { isSpoiled, pairName, withoutFactor } from './pair-words'
import type { PairSide } from './pair-words'

/** Folders of a path that are looked at. */
const DEEPEST = 16
/** More names side by side are classes. */
const MOST_NAMES = 12
/** Of the pictures that are to be targets, so many must have a partner. */
const ENOUGH = 0.5
/** So many where parts of their names are passed over. */
const NEARLY_ALL = 0.9
/** Names that are looked at in one go. */
const BLOCK = 2 ** 14
/** Letters of a name that is taken apart. */
const LONGEST = 200

/** One way of pairing pictures: what lies in these folders, or is called so, is what a model should make. */
export interface PairWay {
  /** The folders, or the mark in names as `*_out`: the person's own words. */
  readonly name: string
  /** Whether the names say that these are targets, and those pictures are shown. */
  readonly isLikely: boolean
  /** Places of pictures that are shown, and of what each should become. */
  readonly pairs: readonly { readonly input: number; readonly target: number }[]
  /** Places of all that lies in these folders, or is called so. */
  readonly targets: ReadonlySet<number>
}

/** A picture as one place in its path speaks of it. */
interface Spoken {
  readonly at: number
  /** Of the folder, or the mark in the name. */
  readonly label: string
  readonly side: PairSide | null
  readonly mark: string
  /** What it has in common with its partner; a second one where the folder has a name of its own. */
  readonly keys: readonly string[]
  /** Where a folder speaks of it, how else it may be called. */
  readonly called: Called | null
}

interface Called {
  readonly stem: string
  /** Keys of another stem: with all that the folder is called, and with no more than its split. */
  readonly strict: (stem: string) => readonly string[]
  readonly loose: (stem: string) => string
}

/** A path taken apart. */
interface Located {
  readonly folders: readonly string[]
  /** Of its name, without ending and factor of size. */
  readonly stem: string
}

/**
 * All ways in which pictures can be paired by their paths, the likeliest first. Words in their names count where
 * no folders say it.
 * @throws what `between` throws
 */
export async function pairWays(
  paths: readonly string[],
  between: Between,
): Promise<readonly PairWay[]> {
  const located = paths.map((path): Located => {
    const folders = path.split('/')
    const name = folders.pop() ?? ''
    return { folders, stem: withoutFactor(withoutEnding(name)) }
  })
  const longest = located.reduce((most, { folders }) => Math.max(most, folders.length), 0)
  const deepest = Math.min(longest, DEEPEST)
  const ways: PairWay[] = []
  for (let depth = 0; depth < deepest; depth++) {
    await between(depth, deepest + 1)
    ways.push(...waysOf(byFolder(located, depth)))
  }
  await between(deepest, deepest + 1)
  if (!ways.some(({ isLikely }) => isLikely)) ways.push(...waysOf(await byName(located, between)))
  // Sorting is stable: of equals the outermost folder counts.
  const seen = new Set<string>()
  return ways
    .toSorted((a, b) => Number(b.isLikely) - Number(a.isLikely) || b.pairs.length - a.pairs.length)
    .filter(({ name }) => {
      const isNew = !seen.has(name)
      seen.add(name)
      return isNew
    })
}

function byFolder(located: readonly Located[], depth: number): readonly Spoken[] {
  const names = new Set(located.flatMap(({ folders }) => folders[depth] ?? []))
  if (names.size < 2) return []
  const besideSpoiled = [...names].some(isSpoiled)
  const said = new Map([...names].map((name) => [name, pairName(name, besideSpoiled)]))
  // Of more marks nothing is made; they are many where folders are classes.
  if (new Set([...said.values()].map(({ mark }) => mark)).size > MOST_NAMES) return []
  return located.flatMap(({ folders, stem }, at) => {
    const label = folders[depth]
    const name = label === undefined ? undefined : said.get(label)
    if (label === undefined || name === undefined) return []
    const { side, mark, rest } = name
    // A folder without a word of its own may be called after the set, or after the pictures.
    const commons = side === null ? [...new Set([label.toLowerCase(), rest, ''])] : [rest]
    const key = (common: string, other: string): string =>
      keyOf(folders.with(depth, common), withoutFactor(other))
    const split = rest.split(' ').filter(isSplitName).join(' ')
    const called: Called = {
      stem,
      strict: (other) => commons.map((common) => key(common, other)),
      loose: (other) => key(split, other),
    }
    const keys = called.strict(stem)
    return [{ at, label, side, mark: mark === '' ? label : mark, keys, called }]
  })
}

/** Pictures in one folder with a word before or behind what they have in common; those without stand for themselves. */
async function byName(located: readonly Located[], between: Between): Promise<readonly Spoken[]> {
  const words: ReturnType<typeof wordsAround>[] = []
  for (const { stem } of located) {
    if (words.length % BLOCK === 0) await between(words.length, located.length)
    words.push(wordsAround(stem))
  }
  const all = new Set(words.flatMap((around) => around.map(({ word }) => word)))
  const besideSpoiled = [...all].some(isSpoiled)
  const known = new Map([...all].map((word) => [word, pairName(word, besideSpoiled)]))
  return located.flatMap(({ folders, stem }, at): readonly Spoken[] => {
    const own = keyOf(folders, stem)
    const said = (words[at] ?? []).flatMap(({ word, rest, label }) => {
      const { side = null, rest: other = '' } = known.get(word) ?? {}
      if (side === null || other !== '') return []
      const key = keyOf(folders, withoutFactor(rest))
      // What is shown may be called after itself as well, as photo_1 beside photo_1_mask.
      const keys = side === 'input' ? [key, own] : [key]
      return [{ at, label, side, mark: label, keys, called: null }]
    })
    return said.length > 0
      ? said
      : [{ at, label: '', side: null, mark: '', keys: [own], called: null }]
  })
}

/** The word behind the last and the one before the first separator of a name, with what is left of it. */
function wordsAround(stem: string): { word: string; rest: string; label: string }[] {
  // Longer ones are no names that somebody has thought of.
  if (stem.length > LONGEST) return []
  const [, start = '', before = '', rest = ''] = /^(\p{L}+)([ _.-]+)(.+)$/u.exec(stem) ?? []
  const [, other = '', behind = '', end = ''] = /^(.+?)([ _.-]+)(\p{L}+)$/u.exec(stem) ?? []
  return [
    { word: end, rest: other, label: `*${behind}${end}` },
    { word: start, rest, label: `${start}${before}*` },
  ].filter(({ word }) => word !== '')
}

function waysOf(spoken: readonly Spoken[]): readonly PairWay[] {
  const groups = new Map<string, Spoken[]>()
  for (const one of spoken) {
    const group = groups.get(one.mark)
    if (group === undefined) groups.set(one.mark, [one])
    else group.push(one)
  }
  if (groups.size < 2 || groups.size > MOST_NAMES) return []
  return [...groups].flatMap(([mark, targets]) => {
    if (mark === '') return []
    const others = spoken.filter((one) => one.mark !== mark)
    const pairs = likelyPairs(targets, others, groups)
    if (pairs.length === 0 || pairs.length < ENOUGH * targets.length) return []
    const [first] = targets
    return [
      {
        name: [...new Set(targets.map(({ label }) => label))].join(', '),
        isLikely: first?.side === 'target' && pairs.some(({ side }) => side !== 'target'),
        pairs: pairs.map(({ input, target }) => ({ input, target })),
        targets: new Set(targets.map(({ at }) => at)),
      },
    ]
  })
}

/**
 * Pairs by whole names. Where these find too few, words that all targets share are passed over, as in
 * `masks/1_mask`, those that all pictures share, and what else their folders are called, as in
 * `Training_Data` and `Training_Part1_GroundTruth`.
 */
function likelyPairs(
  targets: readonly Spoken[],
  others: readonly Spoken[],
  groups: ReadonlyMap<string, readonly Spoken[]>,
): ReturnType<typeof pairsOf> {
  let best = pairsOf(targets, others)
  const enough = NEARLY_ALL * targets.length
  if (best.length >= enough || targets[0]?.side !== 'target') return best
  const shared = new Map(
    [...groups].map(([mark, group]) => [mark, affixesIn(stemsOf(group), 2)] as const),
  )
  const inputs = others.map((one): Spoken => {
    const { called, mark, keys } = one
    if (called === null) return one
    const stems = (shared.get(mark) ?? []).map((without) => without(called.stem))
    const further = [called.stem, ...stems].flatMap((stem) => [
      ...called.strict(stem),
      called.loose(stem),
    ])
    return { ...one, keys: [...new Set([...keys, ...further])] }
  })
  const whole = (stem: string): string => stem
  for (const isLoose of [false, true])
    for (const without of [whole, ...affixesIn(stemsOf(targets))]) {
      const renamed = targets.map((one): Spoken => {
        const { called } = one
        if (called === null) return one
        const stem = without(called.stem)
        return { ...one, keys: isLoose ? [called.loose(stem)] : called.strict(stem) }
      })
      const pairs = pairsOf(renamed, inputs)
      if (pairs.length >= enough && pairs.length > best.length) best = pairs
    }
  return best
}

function stemsOf(spoken: readonly Spoken[]): readonly string[] {
  return spoken.flatMap(({ called }) => called?.stem ?? [])
}

/** Of several that a target could be made from: what is shown by its name, else what says nothing. */
const RANKS: readonly (PairSide | null)[] = ['input', null, 'target']

function pairsOf(targets: readonly Spoken[], others: readonly Spoken[]) {
  const inputs = new Map<string, Spoken>()
  const several = new Set<string>()
  for (const one of others)
    for (const key of one.keys) {
      const known = inputs.get(key)
      const better = known === undefined ? -1 : RANKS.indexOf(one.side) - RANKS.indexOf(known.side)
      if (known !== undefined && known.at !== one.at && better === 0) several.add(key)
      if (better < 0) {
        inputs.set(key, one)
        several.delete(key)
      }
    }
  const taken = new Set<number>()
  return targets.flatMap(({ at, keys }) => {
    const key = keys.find((each) => inputs.has(each) && !several.has(each))
    const input = key === undefined ? undefined : inputs.get(key)
    if (input === undefined || input.at === at || taken.has(input.at)) return []
    taken.add(input.at)
    return [{ input: input.at, target: at, side: input.side }]
  })
}

/** Where a picture lies without what tells the sides apart: its ending, a factor of size, and a folder of one. */
function keyOf(folders: readonly string[], stem: string): string {
  const kept = folders.filter((part) => part.length !== 2 || !/^x[2348]$/i.test(part))
  return `${kept.join('/')}/${stem}`
}

function withoutEnding(name: string): string {
  return name.replace(/\.[^./]+$/, '')
}
