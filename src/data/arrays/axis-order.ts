import type { Between } from '../../files/between'
import type { NumberArray } from '../numbers'
import { permuteAxes } from './permute-axes'

export const axisOrders = ['asStored', 'channelsFirst', 'samplesLast'] as const
/** channelsFirst: [n, c, h, w], as PyTorch has it; samplesLast: [h, w, c, n], as MATLAB has it. */
export type AxisOrder = (typeof axisOrders)[number]

/** Orders that an array of so many axes can have. */
export function possibleOrders({ shape }: Pick<NumberArray, 'shape'>): readonly AxisOrder[] {
  if (shape.length === 4) return axisOrders
  return shape.length === 3 ? ['asStored', 'samplesLast'] : ['asStored']
}

/**
 * The order that the sides of an array speak of.
 * @param labels how many there are, null without labels
 * @param input sides of the model's input, null where nobody knows
 */
export function likelyOrder(
  { shape, values }: NumberArray,
  labels: number | null,
  input: readonly (number | null)[] | null,
): AxisOrder {
  const [first = 0, second = 0] = shape
  const last = shape.at(-1) ?? 0
  const possible = possibleOrders({ shape })
  // As many labels as channels are labels that are missing.
  const isLast = labels !== null && last === labels && first !== labels && last > 4
  if (possible.includes('samplesLast') && isLast) return 'samplesLast'
  if (shape.length !== 4) return 'asStored'
  const isChannels = (side: number): boolean => side === 1 || side === 3
  if (!isChannels(second) || isChannels(last) || last === 4) return 'asStored'
  // Numbers are shown as they are: they move only for a model that wants them so.
  const wantsLast = input?.length === 3 && input.at(-1) === second && input[0] !== second
  return values instanceof Uint8Array || wantsLast ? 'channelsFirst' : 'asStored'
}

/** The array with samples first and channels last. */
export async function inOrder<Of extends NumberArray>(
  array: Of,
  order: AxisOrder,
  between: Between,
): Promise<Of> {
  const { shape } = array
  const axes = shape.map((_, axis) => axis)
  const moved =
    order === 'asStored'
      ? axes
      : order === 'channelsFirst'
        ? [0, 2, 3, 1]
        : [shape.length - 1, ...axes.slice(0, -1)]
  if (order === 'asStored' || moved.length !== shape.length) return array
  return {
    ...array,
    shape: moved.map((axis) => shape[axis] ?? 1),
    values: await permuteAxes(array.values, shape, moved, between),
  }
}
