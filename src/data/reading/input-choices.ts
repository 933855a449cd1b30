import type { InputWish } from '../data-wishes'
import { NAMED } from './reading'
import type { InputMapping, InputSlot, ReadingChoices, ReadingNote } from './reading'

/** What is chosen for every input, as a choice is kept: a pair of names for each array or column. */
export function inputsChoice(slots: readonly Pick<InputSlot, 'input' | 'from'>[]): string[] {
  return slots.flatMap(({ input, from }) => from.map((source) => pairOf(input, source)))
}

/**
 * For each input what a person has chosen for it.
 * @returns null where nothing is chosen, or something that is no longer there
 */
export function chosenSources(
  { inputsFrom }: ReadingChoices,
  inputs: readonly Pick<InputWish, 'name'>[],
  sources: readonly string[],
): readonly (readonly string[])[] | null {
  if (inputsFrom === undefined) return null
  const chosen = new Set(inputsFrom)
  const found = inputs.map(({ name }) => sources.filter((one) => chosen.has(pairOf(name, one))))
  return found.flat().length === chosen.size ? found : null
}

/** Whether a choice gives one of some arrays or columns to an input. */
export function isGiven(chosen: readonly string[], sources: readonly string[]): boolean {
  return chosen.some((pair) =>
    sources.some((source) => pair.endsWith(`,${JSON.stringify(source)}]`)),
  )
}

function pairOf(input: string, source: string): string {
  return JSON.stringify([input, source])
}

/** The mapping in words, each input with what it is given. */
export function mappingNote({ slots }: InputMapping): ReadingNote {
  const pairs = slots.map(({ input, from }) => {
    const named = from.slice(0, NAMED).join(', ') + (from.length > NAMED ? ', …' : '')
    return `${input} ← ${named === '' ? '?' : named}`
  })
  return { id: 'inputsMapped', params: { pairs: pairs.join(' · ') } }
}
