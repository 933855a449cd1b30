import { NAMED, choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl, ReadingNote } from '../reading/reading'

export const alikeChoices = ['apart', 'together'] as const

/** Labels, those that differ only in case put together where somebody says so, or the model has no room else. */
interface AlikeLabels {
  readonly labels: readonly string[]
  readonly controls: readonly ReadingControl[]
  readonly notes: readonly ReadingNote[]
}

/**
 * Puts classes together whose names differ only in case, width or spaces: `cat` and `Cat`. Each is called as
 * most of its pictures are. They stay apart unless only so they are as many as the model tells apart.
 * @param classes that the model tells apart; null where nobody knows
 */
export function alikeClasses(
  labels: readonly string[],
  classes: number | null,
  choices: ReadingChoices,
): AlikeLabels {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const names = new Map<string, string[]>()
  for (const name of counts.keys()) {
    const key = name.normalize('NFKC').trim().toLowerCase()
    names.set(key, [...(names.get(key) ?? []), name])
  }
  const alike = [...names.values()].filter((group) => group.length > 1)
  if (alike.length === 0) return { labels, controls: [], notes: [] }
  const isOnlyFit = names.size === classes
  const guess = isOnlyFit ? 'together' : 'apart'
  const control = controlOf('alikeClasses', alikeChoices, [guess], choices)
  const chosen = choiceOf(choices, 'alikeClasses', alikeChoices) ?? guess
  if (chosen === 'apart') return { labels, controls: [control], notes: [] }
  const called = new Map<string, string>()
  for (const group of alike) {
    const common = group.reduce((a, b) => ((counts.get(b) ?? 0) > (counts.get(a) ?? 0) ? b : a))
    for (const name of group) called.set(name, common)
  }
  const shown = alike.slice(0, NAMED).map((group) => group.join(' = '))
  const note = { id: 'alikeTogether', params: { names: shown.join(', ') } } as const
  return {
    labels: labels.map((label) => called.get(label) ?? label),
    controls: [control],
    notes: [note],
  }
}
