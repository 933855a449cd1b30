import { elementCount } from '../../core/tensor-spec'
import { pictureForm, pictureSides } from '../input-form'
import type { NumberArray } from '../numbers'
import type { AxisOrder } from './axis-order'
import type { NumberNamed } from './array-source'

/** Samples that are compared to see how their channels lie. */
const LOOKED_AT = 50

/** Rows of numbers that are samples of more sides. */
export interface FlatRows {
  /** Numbers in a row, or its sides where it has some. */
  readonly size: number | string
  /** What they are read as, channels last where they are pictures. */
  readonly sides: readonly number[]
  /** As stored: in the order of these sides; channels first: one channel after the other. */
  readonly orders: readonly AxisOrder[]
  readonly likely: AxisOrder
}

/**
 * Rows of a flat array as the input of the model has it, where they are as long.
 * @param input sides of the model's input, open ones null; null where nobody knows
 * @returns null where they are no rows, or do not fit
 */
export function flatRows(
  { shape, values }: NumberArray,
  input: readonly (number | null)[] | null,
): FlatRows | null {
  const [count = 0, size = 0] = shape
  if (input === null || input.length < 2) return null
  if (shape.length > 4) return withoutOnes(shape.slice(1), input, values instanceof Uint8Array)
  if (shape.length !== 2) return null
  const form = pictureForm(input)
  if (form === null) {
    const known = input.filter((side) => side !== null)
    const fits = known.length === input.length && elementCount(known) === size
    return fits ? { size, sides: known, orders: ['asStored'], likely: 'asStored' } : null
  }
  const { channels } = form
  const pixels = size / channels
  const open = form.width === null ? Math.sqrt(pixels) : pixels / form.width
  const height = form.height ?? open
  const width = form.width ?? pixels / height
  const areWhole = Number.isInteger(height) && Number.isInteger(width)
  if (!areWhole || height * width * channels !== size) return null
  const isPicture = values instanceof Uint8Array && form.layout !== 'plane'
  const sides = isPicture ? [height, width, channels] : pictureSides(form, height, width)
  if (channels === 1 || sides.at(-1) !== channels)
    return { size, sides, orders: ['asStored'], likely: 'asStored' }
  const isPlanar =
    roughness(values, count, size, width) < roughness(values, count, size, width * channels)
  return {
    size,
    sides,
    orders: ['asStored', 'channelsFirst'],
    likely: isPlanar ? 'channelsFirst' : 'asStored',
  }
}

/** Sides of which more are 1 than the input has; null where they are others without those. */
function withoutOnes(
  shape: readonly number[],
  input: readonly (number | null)[],
  areBytes: boolean,
): FlatRows | null {
  const known = input.filter((side) => side !== null)
  const kept = (sides: readonly number[]): string => sides.filter((side) => side !== 1).join()
  if (known.length !== input.length || kept(known) !== kept(shape)) return null
  const form = areBytes ? pictureForm(known) : null
  const isLast = form?.layout === 'channelsLast' || form?.layout === 'plane'
  if (form !== null && !isLast && form.channels > 1) return null
  const { height, width, channels } = form ?? { height: null, width: null, channels: 1 }
  const sides = height === null || width === null ? known : [height, width, channels]
  return { size: shape.join(' × '), sides, orders: ['asStored'], likely: 'asStored' }
}

/** The array with the sides of its rows, before its axes are put in order. */
export function unfolded(array: NumberNamed, { sides }: FlatRows, order: AxisOrder): NumberNamed {
  const [count = 0] = array.shape
  const stored = order === 'channelsFirst' ? [sides.at(-1) ?? 1, ...sides.slice(0, -1)] : sides
  return { ...array, shape: [count, ...stored] }
}

/** How much numbers differ from those that would be the pixels below them. */
function roughness(
  values: NumberArray['values'],
  count: number,
  size: number,
  line: number,
): number {
  let sum = 0
  const samples = Math.min(LOOKED_AT, count)
  for (let sample = 0; sample < samples; sample++)
    for (let at = sample * size; at + line < (sample + 1) * size; at++)
      sum += Math.abs((values[at + line] ?? 0) - (values[at] ?? 0))
  return sum / Math.max(1, samples * (size - line))
}
