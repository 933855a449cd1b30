import { StudioError } from '../../core/errors'
import { choiceOf, controlOf } from '../reading/reading'
import type { ReadingControl } from '../reading/reading'
import { isSpoiled, pairName } from '../pictures/pair-words'
import { shapeText } from '../../core/shape-text'
import type { DataWishes } from '../data-wishes'
import { chooseArrays, isTexts, roleOf } from './array-source'
import type { NamedArray, NumberNamed, TextArray } from './array-source'
import { arraysOfInputs } from './input-arrays'
import type { GivenArray } from './input-arrays'

/** Where no array holds labels. */
const NONE = ''

/** An array of values that are neither numbers nor texts, such as dates and Python objects. */
export interface UnreadArray {
  readonly name: string
  readonly error: StudioError
}

/** Which arrays are samples and labels, and what else they could be. */
export interface Chosen {
  /** One for each input of the model; none where it is not clear which. */
  readonly samples: readonly NumberNamed[]
  readonly labels: NamedArray | null
  readonly controls: readonly ReadingControl[]
  readonly problem: StudioError | null
  /** How each input of a model with several came to its array; none of another model. */
  readonly given: readonly GivenArray[]
}

type Choosing = Pick<DataWishes, 'choices' | 'inputs' | 'output'>

export function chosenArrays(
  arrays: readonly NamedArray[],
  unread: readonly UnreadArray[],
  wishes: Choosing,
): Chosen {
  const { choices } = wishes
  const numbers = arrays.filter((array): array is NumberNamed => !isTexts(array))
  const names = [...arrays, ...unread].map(({ name }) => name)
  const asLabels = choiceOf(choices, 'labelsArray', names)
  const found =
    wishes.inputs.length > 1
      ? ofSeveral(numbers, arrays, wishes, asLabels)
      : ofOne(numbers, arrays, wishes, asLabels)
  // Labels that cannot be read are not the same as none: the person may do without them.
  const unreadLabels = unread.find((array) => roleOf(array) === 'labels')
  const likelyLabels = (unreadLabels ?? found.labels)?.name ?? NONE
  const labelsName = choiceOf(choices, 'labelsArray', [NONE, ...names]) ?? likelyLabels
  const { samples, given, problem } = found
  const used = new Set(samples.map(({ name }) => name))
  const labelsControl = controlOf('labelsArray', [NONE, ...names], [likelyLabels], choices, {
    verbatim: true,
  })
  return {
    samples,
    given,
    labels: arrays.find(({ name }) => name === labelsName && !used.has(name)) ?? null,
    controls:
      names.length > 1
        ? [
            ...found.controls,
            // What somebody has made the samples is no labels too.
            used.has(labelsName) ? { ...labelsControl, value: [NONE] } : labelsControl,
          ]
        : [],
    problem:
      samples.length === 0
        ? problem
        : (unread.find(({ name }) => name === labelsName)?.error ?? null),
  }
}

/**
 * @param output of the model: with more than one row it makes an array of each sample, such as a picture
 * @param asLabels what is chosen to be labels
 */
function ofOne(
  numbers: readonly NumberNamed[],
  arrays: readonly NamedArray[],
  { choices, output }: Choosing,
  asLabels: string | null,
): Chosen {
  const isFree = ({ name }: NamedArray): boolean => name !== asLabels
  const likely = arrays.filter((array) => isFree(array) && !isAside(array, numbers))
  let guess: { samples: NamedArray | null; labels: NamedArray | null }
  let problem: StudioError | null = null
  try {
    guess =
      (output?.sides == null ? null : namedPair(numbers.filter(isFree))) ??
      chooseArrays(likely.length > 0 ? likely : arrays)
  } catch (thrown) {
    if (!(thrown instanceof StudioError)) throw thrown
    guess = { samples: null, labels: null }
    problem = thrown
  }
  const names = numbers.map(({ name }) => name)
  const chosen = choiceOf(choices, 'samplesArray', names) ?? guess.samples?.name
  const samples = numbers.filter(({ name }) => name === chosen).slice(0, 1)
  const [first] = arrays
  if (samples.length === 0 && problem === null)
    problem = new StudioError('data/field', {
      file: first?.file ?? '',
      field: 'the type',
      expected: 'real numbers or booleans',
      found: first === undefined ? 'nothing' : dtypeOf(first),
    })
  const guessed = nameOf(guess.samples)
  return {
    samples,
    labels: guess.labels,
    given: [],
    controls: [controlOf('samplesArray', names, guessed, choices, { verbatim: true })],
    problem,
  }
}

function ofSeveral(
  numbers: readonly NumberNamed[],
  arrays: readonly NamedArray[],
  { choices, inputs }: Choosing,
  asLabels: string | null,
): Chosen {
  const { given, labels } = arraysOfInputs(numbers, arrays, inputs, choices, asLabels)
  const missing = given.find(({ array }) => array === null)
  return {
    samples: missing === undefined ? given.flatMap(({ array }) => array ?? []) : [],
    labels,
    given,
    controls: [],
    problem:
      missing === undefined
        ? null
        : new StudioError('data/input-missing', {
            files: arrays.map(({ name }) => name).join(', '),
            input: missing.input,
            expected: shapeText(missing.needed),
          }),
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
