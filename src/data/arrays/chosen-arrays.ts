import { StudioError } from '../../core/errors'
import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingChoices, ReadingControl } from '../reading/reading'
import type { NumberArray } from '../numbers'
import { isSpoiled, pairName } from '../pictures/pair-words'
import type { OutputForm } from '../task'
import { chooseArrays, isTexts, roleOf } from './array-source'
import type { NamedArray, TextArray } from './array-source'

/** Where no array holds labels. */
const NONE = ''

export type NumberNamed = NumberArray & { readonly name: string }

/** An array of values that are neither numbers nor texts, such as dates and Python objects. */
export interface UnreadArray {
  readonly name: string
  readonly error: StudioError
}

/** Which arrays are samples and labels, and what else they could be. */
export interface Chosen {
  readonly samples: NumberNamed | null
  readonly labels: NamedArray | null
  readonly controls: readonly ReadingControl[]
  readonly problem: StudioError | null
}

/** @param output of the model: with more than one row it makes an array of each sample, such as a picture */
export function chosenArrays(
  arrays: readonly NamedArray[],
  unread: readonly UnreadArray[],
  choices: ReadingChoices,
  output: Pick<OutputForm, 'sides'> | null,
): Chosen {
  const numbers = arrays.filter((array): array is NumberNamed => !isTexts(array))
  const likely = arrays.filter((array) => !isAside(array, numbers))
  let guess: { samples: NamedArray | null; labels: NamedArray | null }
  let problem: StudioError | null = null
  try {
    guess =
      (output?.sides == null ? null : namedPair(numbers)) ??
      chooseArrays(likely.length > 0 ? likely : arrays)
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown
    guess = { samples: null, labels: null }
    problem = thrown
  }
  const names = [...arrays, ...unread].map(({ name }) => name)
  const sampleNames = numbers.map(({ name }) => name)
  const samplesName = choiceOf(choices, 'samplesArray', sampleNames) ?? guess.samples?.name
  // Labels that cannot be read are not the same as none: the person may do without them.
  const unreadLabels = unread.find((array) => roleOf(array) === 'labels')
  const likelyLabels = (unreadLabels ?? guess.labels)?.name ?? NONE
  const labelsName = choiceOf(choices, 'labelsArray', [NONE, ...names]) ?? likelyLabels
  const samples = numbers.find(({ name }) => name === samplesName) ?? null
  const first = arrays[0]
  if (samples === null && problem === null)
    problem = new StudioError('data/field', {
      file: first?.file ?? '',
      field: 'the type',
      expected: 'real numbers or booleans',
      found: first === undefined ? 'nothing' : dtypeOf(first),
    })
  const controls = [
    controlOf('samplesArray', sampleNames, nameOf(guess.samples), choices, { verbatim: true }),
    controlOf('labelsArray', [NONE, ...names], [likelyLabels], choices, { verbatim: true }),
  ]
  return {
    samples,
    labels: arrays.find(({ name }) => name === labelsName && name !== samples?.name) ?? null,
    controls: names.length > 1 ? controls : [],
    problem:
      samples === null ? problem : (unread.find(({ name }) => name === labelsName)?.error ?? null),
  }
}

/** What is shown and what should be made of it, by their names: noisy and clean. */
function namedPair(arrays: readonly NumberNamed[]) {
  const large = arrays.filter(({ shape }) => shape.length > 2)
  const besideSpoiled = large.some(({ name }) => isSpoiled(name))
  const named = (side: 'input' | 'target'): readonly NumberNamed[] =>
    large.filter(({ name }) => pairName(name, besideSpoiled).side === side)
  const [samples, ...otherSamples] = named('input')
  const [labels, ...otherLabels] = named('target')
  const isClear = otherSamples.length === 0 && otherLabels.length === 0
  if (samples === undefined || labels === undefined || !isClear) return null
  return samples.shape[0] === labels.shape[0] ? { samples, labels } : null
}

function nameOf(array: NamedArray | null): string[] {
  return array === null ? [] : [array.name]
}

/** A single value, or texts that are not one for each sample: the names of classes, a date, a remark. */
function isAside(array: NamedArray, numbers: readonly NumberNamed[]): boolean {
  if (array.shape.length === 0) return true
  return isTexts(array) && !numbers.some(({ shape }) => shape[0] === array.shape[0])
}

/** Texts beside labels that are numbers: what the classes 0, 1, 2 … are called. */
export function namesArray(
  arrays: readonly NamedArray[],
  { labels }: Chosen,
): (TextArray & { readonly name: string }) | null {
  if (labels === null || isTexts(labels)) return null
  const lists = arrays.flatMap((array) => {
    const isList = isTexts(array) && array.shape.length === 1 && array.values.length > 1
    return isList ? [array] : []
  })
  const [only, ...others] = lists
  return only === undefined || others.length > 0 ? null : only
}

export function dtypeOf(array: NamedArray): string {
  if (isTexts(array)) return 'text'
  return array.values instanceof Uint8Array ? 'uint8' : 'number'
}
