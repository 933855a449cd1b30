import { elementCount } from '../../core/tensor-spec'
import type { InputWish } from '../data-wishes'
import { pictureForm } from '../input-form'
import { matchInputs } from '../match-inputs'
import { chosenSources } from '../reading/input-choices'
import type { InputSlot, ReadingChoices } from '../reading/reading'
import { isSplitName, isTexts, roleOf, splitsOf } from './array-source'
import type { NamedArray, NumberNamed } from './array-source'

/** What an input of a model with several is given. */
export interface GivenArray extends Pick<InputSlot, 'input' | 'needed' | 'how'> {
  /** null: there are fewer arrays than inputs. */
  readonly array: NumberNamed | null
}

/**
 * Which arrays go to which inputs, and what is left for labels.
 * @param numbers in the order of the files
 * @param asLabels what is chosen to be labels, and given to no input
 */
export function arraysOfInputs(
  numbers: readonly NumberNamed[],
  all: readonly NamedArray[],
  inputs: readonly InputWish[],
  choices: ReadingChoices,
  asLabels: string | null,
): { readonly given: readonly GivenArray[]; readonly labels: NamedArray | null } {
  const free = numbers.filter(({ name }) => name !== asLabels)
  const sources = oneSplit(free, inputs.length)
  const names = sources.map(({ name }) => name)
  const matches = matchInputs(
    inputs.map(({ name }) => name),
    names,
    (input, source) => fitOf(sources[source], inputs[input]?.sides ?? []),
    (source) => isLabels(sources[source]),
  )
  const chosen = chosenSources(
    choices,
    inputs,
    numbers.map(({ name }) => name),
  )
  const given = inputs.map(({ name, sides }, at): GivenArray => {
    const slot = { input: name, needed: sides }
    const { source, how } = matches[at] ?? { source: null, how: 'place' }
    if (chosen === null)
      return { ...slot, array: source === null ? null : (sources[source] ?? null), how }
    const [own] = chosen[at] ?? []
    return { ...slot, array: free.find((one) => one.name === own) ?? null, how: 'chosen' }
  })
  return { given, labels: labelsBeside(given, sources, all) }
}

/** The second of arrays that are merely numbered is labels only where there is one input. */
function isLabels(array: NamedArray | undefined): boolean {
  return array !== undefined && !/^arr_\d+$/.test(array.name) && roleOf(array) === 'labels'
}

/** Of arrays of several splits those of one, the one to measure on first, where it has one for each input. */
function oneSplit(arrays: readonly NumberNamed[], inputs: number): readonly NumberNamed[] {
  const isSplit = arrays.some(({ name }) => isSplitName(name))
  const usable = arrays.filter(({ shape }) => shape.length > 0)
  return (isSplit ? splitsOf(usable).find((group) => group.length >= inputs) : undefined) ?? usable
}

/** 4: the same sides; 3: as many numbers; 2: sides that the input leaves open; 1: a picture, which can be resized. */
function fitOf(array: NumberNamed | undefined, sides: readonly (number | null)[]): number {
  if (array === undefined) return 0
  const own = array.shape.slice(1)
  const isSame =
    own.length === sides.length && own.every((side, at) => (sides[at] ?? side) === side)
  const known = sides.filter((side) => side !== null)
  const isKnown = known.length === sides.length
  if (isSame) return isKnown ? 4 : 2
  if (isKnown && elementCount(known) === elementCount(own)) return 3
  const isPicture = array.values instanceof Uint8Array && own.length > 1
  return isPicture && sides.length > 1 && pictureForm(sides) !== null ? 1 : 0
}

/** What is called so, else of arrays that are left over, with a row for each sample, the last of the likeliest. */
function labelsBeside(
  given: readonly GivenArray[],
  sources: readonly NumberNamed[],
  all: readonly NamedArray[],
): NamedArray | null {
  const used = new Set<NamedArray | null>(given.map(({ array }) => array))
  const rows = given.find(({ array }) => array !== null)?.array?.shape[0]
  const isFree = (array: NamedArray): boolean => array.shape[0] === rows
  const isOther = (array: NamedArray): boolean =>
    isSplitName(array.name) && !sources.some(({ name }) => name === array.name)
  const rest = all.filter((array) => !used.has(array) && !isOther(array))
  const free = rest.filter(isFree)
  return free.find(isLabels) ?? rest.find(isLabels) ?? likeliest(free)
}

/** Names that labels have as well as features. */
const PERHAPS_LABELS = /(?:^|[^a-z])(?:truths?|class|gt)(?:[^a-z]|$)/i

function likeliest(arrays: readonly NamedArray[]): NamedArray | null {
  const ranks = arrays.map(likelihood)
  return arrays[ranks.lastIndexOf(Math.max(...ranks))] ?? null
}

/** As labels: by its name, then whether values differ, then whether they are whole, or words. */
function likelihood(array: NamedArray): number {
  const areWhole = isTexts(array) || array.values.every((value) => Number.isInteger(value))
  return (
    (PERHAPS_LABELS.test(array.name) ? 4 : 0) + (isMixed(array.values) ? 2 : 0) + (areWhole ? 1 : 0)
  )
}

function isMixed(values: ArrayLike<number | string>): boolean {
  for (let at = 1; at < values.length; at++) if (values[at] !== values[0]) return true
  return false
}
