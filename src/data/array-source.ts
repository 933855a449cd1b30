import { StudioError } from '../core/errors'
import { elementCount } from '../core/tensor-spec'
import type { DataFormat, DataSource, NumberLabels } from './data-source'
import type { NumberArray } from './numbers'

const LABEL_NAMES = /(?:^|[^a-z])(?:y|labels?|targets?|classes|annotations?)(?:[^a-z]|$)/i
const SAMPLE_NAMES = /(?:^|[^a-z])(?:x|images?|samples?|data|features?|inputs?)(?:[^a-z]|$)/i

export interface NamedArray extends NumberArray {
  /** Without folder and ending. */
  readonly name: string
}

/**
 * Which of some arrays are the samples and which the labels: by their names, else the one with more
 * axes, else the one with more values. One array alone is unlabelled.
 * @throws StudioError 'data/several'
 */
export function chooseArrays(arrays: readonly NamedArray[]): {
  readonly samples: NamedArray
  readonly labels: NamedArray | null
} {
  const [first, second, ...others] = preferTest(arrays)
  if (first === undefined || others.length > 0)
    throw new StudioError('data/several', { files: arrays.map(({ name }) => name).join(', ') })
  if (second === undefined) return { samples: first, labels: null }
  const swapped = looksLikeLabels(first, second)
  return swapped ? { samples: second, labels: first } : { samples: first, labels: second }
}

/** Of training and test arrays together, those for testing. */
function preferTest(arrays: readonly NamedArray[]): readonly NamedArray[] {
  if (arrays.length <= 2) return arrays
  const test = arrays.filter(({ name }) => /test|val|t10k/i.test(name))
  if (test.length === 1 || test.length === 2) return test
  return arrays.filter(({ name }) => LABEL_NAMES.test(name) || SAMPLE_NAMES.test(name))
}

function looksLikeLabels(first: NamedArray, second: NamedArray): boolean {
  const named = (array: NamedArray): number =>
    (LABEL_NAMES.test(array.name) ? 1 : 0) - (SAMPLE_NAMES.test(array.name) ? 1 : 0)
  const byName = named(first) - named(second)
  if (byName !== 0) return byName > 0
  const byRank = second.shape.length - first.shape.length
  if (byRank !== 0) return byRank > 0
  return elementCount(second.shape) > elementCount(first.shape)
}

/**
 * Makes samples, and labels of shape [n], [n, 1] or [n, k].
 * @throws StudioError 'data/counts-differ', 'data/field'
 */
export function arraySource(
  name: string,
  format: DataFormat,
  samples: NumberArray,
  labels: NumberArray | null,
): DataSource {
  const [count = 0, ...sides] = samples.shape
  const { values } = samples
  return {
    name,
    format,
    samples: {
      kind: 'numbers',
      count,
      shape: sides.length === 0 ? [1] : sides,
      values: values instanceof Uint8Array ? values : Float32Array.from(values),
    },
    labels: labels === null ? null : numberLabels(samples, count, labels),
  }
}

function numberLabels(samples: NumberArray, count: number, labels: NumberArray): NumberLabels {
  const { file, shape, values } = labels
  const [rows = 0, columns = 1] = shape
  if (rows !== count)
    throw new StudioError('data/counts-differ', {
      samples: samples.file,
      sampleCount: count,
      labels: file,
      labelCount: rows,
    })
  if (shape.length > 2)
    throw new StudioError('data/field', {
      file,
      field: 'the shape of the labels',
      expected: 'one or two axes',
      found: shape.join(' × '),
    })
  return {
    kind: 'numbers',
    names: Array.from({ length: columns }, () => ''),
    values: Float64Array.from(values),
  }
}
