import { StudioError } from '../../core/errors'
import { onlySide } from '../../core/output-columns'
import { elementCount } from '../../core/tensor-spec'
import { classLabels } from '../class-labels'
import type { ArraySamples, ArrayTargets, DataFormat, DataSource, RawLabels } from '../data-source'
import type { NumberArray } from '../numbers'
import type { OutputForm } from '../task'

/** Of one set of data; tables are held to it too. */
const MOST_ROWS = 5_000_000
/** As many as NumPy could have for most of its life. */
const MOST_AXES = 32

const LABEL_NAMES = /(?:^|[^a-z])(?:y|labels?|targets?|classes|annotations?)(?:[^a-z]|$)|^arr_1$/i
const SAMPLE_NAMES =
  /(?:^|[^a-z])(?:x|images?|samples?|data|features?|inputs?)(?:[^a-z]|$)|^arr_0$/i
/** Names of splits, the one to measure on first. */
const SPLIT_NAMES = ['test(?:ing|s)?|t10k', 'val(?:id|idation)?', 'train(?:ing)?'].map(
  (names) => new RegExp(`(?:^|[^a-z])[xy]?(?:${names})[xy]?(?:[^a-z]|$)`, 'i'),
)

export type NamedArray = (NumberArray | TextArray) & {
  /** Without folder and ending. */
  readonly name: string
}

export type NumberNamed = NumberArray & { readonly name: string }

/** Texts of a file, with their shape. */
export interface TextArray {
  readonly file: string
  readonly shape: readonly number[]
  /** Row-major. */
  readonly values: readonly string[]
}

export function isTexts(array: NumberArray | TextArray): array is TextArray {
  return Array.isArray(array.values)
}

/**
 * Refuses a shape with more axes or samples than data has, before anything is allocated.
 * @throws StudioError 'data/too-large'
 */
export function requireUsableShape(file: string, shape: readonly number[]): void {
  const [rows = 0] = shape
  if (shape.length > MOST_AXES)
    throw new StudioError('data/too-large', {
      file,
      field: 'the number of axes',
      found: shape.length,
      limit: MOST_AXES,
    })
  if (rows > MOST_ROWS)
    throw new StudioError('data/too-large', {
      file,
      field: 'the number of rows',
      found: rows,
      limit: MOST_ROWS,
    })
}

/** Whether a name is that of a part of the data. */
export function isSplitName(name: string): boolean {
  return SPLIT_NAMES.some((pattern) => pattern.test(words(name)))
}

/** Arrays that are called after a split, one group for each, in the order in which they are measured on. */
export function splitsOf<Named extends { readonly name: string }>(
  arrays: readonly Named[],
): readonly (readonly Named[])[] {
  return SPLIT_NAMES.map((pattern) => arrays.filter(({ name }) => pattern.test(words(name))))
}

interface ChosenArrays {
  readonly samples: NamedArray
  readonly labels: NamedArray | null
}

/**
 * Which of some arrays are the samples and which the labels: by their names, else the one with more
 * axes, else the one with more values. One array alone is unlabelled. Of several splits the one for
 * testing is taken, else the one for validation.
 * @throws StudioError 'data/several'
 */
export function chooseArrays(arrays: readonly NamedArray[]): ChosenArrays {
  const splits = splitsOf(arrays)
  const known = arrays.filter((array) => roleOf(array) !== null)
  for (const group of [arrays, ...splits, known]) {
    const chosen = alone(group, arrays) ?? pair(group)
    if (chosen !== null) return chosen
  }
  throw new StudioError('data/several', { files: arrays.map(({ name }) => name).join(', ') })
}

function alone(group: readonly NamedArray[], all: readonly NamedArray[]): ChosenArrays | null {
  const [only, ...others] = group
  if (only === undefined || others.length > 0) return null
  // Labels that are picked out of several arrays are not the samples.
  return all.length > 1 && roleOf(only) === 'labels' ? null : { samples: only, labels: null }
}

function pair(group: readonly NamedArray[]): ChosenArrays | null {
  const [first, second, ...others] = group
  if (first === undefined || second === undefined || others.length > 0) return null
  const leads = lead(first) - lead(second)
  const byRank = first.shape.length - second.shape.length
  // Two kinds of labels, or the samples of two splits.
  const alike = roleOf(first) !== null && roleOf(first) === roleOf(second)
  if (alike && (byRank === 0 || roleOf(first) === 'labels')) return null
  // Arrays without names are numbered as they were handed over, labels first or last.
  const isNumbered = /^arr_\d$/.test(first.name) && /^arr_\d$/.test(second.name)
  const named = isNumbered ? byRank || leads : leads || byRank
  const difference = named || first.values.length - second.values.length
  if (difference === 0) return null
  return difference > 0 ? { samples: first, labels: second } : { samples: second, labels: first }
}

/** What the name says that an array is; null where it says nothing, or both. */
export function roleOf({ name }: { readonly name: string }): 'samples' | 'labels' | null {
  const isLabels = LABEL_NAMES.test(words(name))
  if (isLabels === SAMPLE_NAMES.test(words(name))) return null
  return isLabels ? 'labels' : 'samples'
}

function lead(array: NamedArray): number {
  const role = roleOf(array)
  return role === null ? 0 : role === 'samples' ? 1 : -1
}

/** trainLabels as train_Labels. */
function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2')
}

/**
 * Makes samples, one array for each input of the model, and labels of shape [n], [n, 1] or [n, k]; of more sides where the model makes such arrays.
 * @throws StudioError 'data/input-counts', 'data/counts-differ', 'data/field'
 */
export function arraySource(
  name: string,
  format: DataFormat,
  [first, ...others]: readonly [NumberArray, ...NumberArray[]],
  labels: NumberArray | TextArray | null,
  output: Pick<OutputForm, 'columns' | 'sides'> | null = null,
): DataSource {
  const samples = samplesOf(first)
  const more = others.map((array) => samplesOf(array))
  const differing = more.findIndex(({ count }) => count !== samples.count)
  if (differing >= 0)
    throw new StudioError('data/input-counts', {
      first: first.file,
      firstCount: samples.count,
      second: others[differing]?.file ?? '',
      secondCount: more[differing]?.count ?? 0,
    })
  return {
    name,
    format,
    samples: [samples, ...more],
    labels: labels === null ? null : labelsOf(first, samples.count, labels, output),
  }
}

function samplesOf({ file, shape, values }: NumberArray): ArraySamples {
  const [count, ...sides] = shape
  if (count === undefined)
    throw new StudioError('data/field', {
      file,
      field: 'the shape',
      expected: 'at least one axis',
      found: 'a single value',
    })
  return {
    kind: 'numbers',
    count,
    shape: sides.length === 0 ? [1] : sides,
    values: values instanceof Uint8Array ? values : toFloat32(file, values),
    origin: { file },
  }
}

/** What models compute with; a double beyond its range would become infinite. */
function toFloat32(file: string, values: Float64Array): Float32Array {
  const rounded = Float32Array.from(values)
  const index = rounded.findIndex((value) => !Number.isFinite(value))
  if (index >= 0)
    throw new StudioError('data/field', {
      file,
      field: `value ${index}`,
      expected: 'in the range of float32',
      found: values[index] ?? NaN,
    })
  return rounded
}

function labelsOf(
  samples: NumberArray,
  count: number,
  labels: NumberArray | TextArray,
  output: Pick<OutputForm, 'columns' | 'sides'> | null,
): RawLabels {
  const { file, shape } = labels
  const [rows = 0, ...sides] = shape
  const columns = elementCount(sides)
  if (rows !== count)
    throw new StudioError('data/counts-differ', {
      samples: samples.file,
      sampleCount: count,
      labels: file,
      labelCount: rows,
    })
  const targets = isTexts(labels) ? null : arrayTargets(labels, sides, output?.sides ?? null)
  if (targets !== null) return targets
  const isRow = sides.length < 2 || onlySide(shape) !== null || columns === output?.columns
  if (!isRow || (isTexts(labels) && columns !== 1))
    throw new StudioError('data/field', {
      file,
      field: 'the shape of the labels',
      expected: isTexts(labels) ? 'one text for each sample' : 'one or two axes',
      found: shape.join(' × '),
    })
  if (isTexts(labels)) return classLabels(labels.values)
  return {
    kind: 'numbers',
    names: Array.from({ length: columns }, () => ''),
    values: Float64Array.from(labels.values),
  }
}

/**
 * An array for each sample, for a model that makes such.
 * @param output sides of what it makes, null where it is one row of numbers
 * @returns null where labels are rows
 */
function arrayTargets(
  { values }: NumberArray,
  sides: readonly number[],
  output: readonly (number | null)[] | null,
): ArrayTargets | null {
  if (output === null) return null
  const made = output.filter((side) => side !== null)
  const size = elementCount(sides)
  const isFlat = sides.length === 1 && made.length === output.length && elementCount(made) === size
  if (sides.filter((side) => side !== 1).length < 2 && !isFlat) return null
  // A mask of 0 and 1 is no picture that is nearly black.
  const areFlags = values instanceof Uint8Array && values.every((value) => value <= 1)
  return {
    kind: 'arrays',
    shape: isFlat ? made : sides,
    values: areFlags ? Float64Array.from(values) : values,
  }
}
