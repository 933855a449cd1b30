import { StudioError } from '../../core/errors'
import { againGuessed } from '../../data/data-settings'
import type { DataSettings } from '../../data/data-settings'
import type { Preparation } from '../../data/preparation'
import { matchClasses } from '../../data/match-classes'
import type { ClassMatch } from '../../data/match-classes'
import type { DataSummary } from '../../protocol/data-messages'

/** Names that a message lists at most. */
const LISTED = 5

/**
 * The settings in which the classes of data stand for the outputs of their names.
 * @returns null where that changes nothing, or where fewer than half of the classes are named: then the
 * names are of other things
 */
export function namedSettings(data: DataSummary, match: ClassMatch): DataSettings | null {
  const { classOrders, tasks } = data
  // Outputs that are called like the classes are classes, whatever they looked like.
  const task = tasks.find((known) => known === 'classification' || known === 'binary')
  if (task === undefined) return null
  const settings = { ...data.settings, task }
  const named = match.map.filter((output) => output >= 0).length
  const present = settings.classMap ?? classOrders[0]?.map ?? []
  const isSame = match.map.join() === present.join() && task === data.settings.task
  if (2 * named < match.map.length || isSame) return null
  return { ...settings, classMap: match.map }
}

/** Settings with the way that pictures were shown before, where it is one for pictures of this size. */
export function againSettings(settings: DataSettings, before: Preparation | null): DataSettings {
  const { preparation } = settings
  if (before === null || preparation === null) return settings
  const isAlike =
    before.mean.length === preparation.mean.length &&
    before.height === preparation.height &&
    before.width === preparation.width
  return isAlike
    ? againGuessed({ ...settings, preparation: before }, settings.targetScale)
    : settings
}

/**
 * What a person should know where a list of names was given for attached data: that it is of other things, or
 * which classes it lacks; null where it has all.
 */
export function lacksOf(
  classNames: readonly string[],
  names: readonly string[],
  { map }: ClassMatch,
): StudioError | null {
  const lacking = classNames.filter((_, place) => (map[place] ?? -1) < 0)
  if (lacking.length === 0) return null
  return lacking.length === classNames.length
    ? new StudioError('data/names-of-others', { names: listOf(names), classes: listOf(classNames) })
    : new StudioError('data/names-lacking', { classes: listOf(lacking) })
}

/** What a person should know of names that more than one output or class has; null where none has. */
export function doubtsOf({ ambiguous, twice }: ClassMatch): StudioError | null {
  if (ambiguous.length > 0)
    return new StudioError('data/names-ambiguous', { names: listOf(ambiguous) })
  return twice.length > 0 ? new StudioError('data/names-twice', { names: listOf(twice) }) : null
}

/** How classes meet outputs, by the names that are known. */
export function matchOf({ classNames }: DataSummary, names: readonly string[] | null): ClassMatch {
  return names === null
    ? { map: classNames.map(() => -1), ambiguous: [], twice: [] }
    : matchClasses(classNames, names)
}

/**
 * The names in a file, for the outputs where they fit these; the reader of such files is loaded for it.
 * @throws StudioError 'data/class-names'
 */
export async function namesIn(file: File, outputs: number): Promise<readonly string[]> {
  const { namesForOutputs, readClassNames } = await import('../../data/class-names')
  const list = await readClassNames(file.name, new Uint8Array(await file.arrayBuffer()))
  return namesForOutputs(list, outputs) ?? list.names
}

function listOf(names: readonly string[]): string {
  return names.length > LISTED ? `${names.slice(0, LISTED).join(', ')}, ...` : names.join(', ')
}
