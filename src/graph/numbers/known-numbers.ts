import type { Sides } from '../sides/side'
import type { DType } from '../values'

/** The elements of a small value, as far as they are known: sizes, axes, bounds. Of bool 0 and 1. */
export interface KnownNumbers {
  readonly dtype: Exclude<DType, 'string'>
  readonly shape: readonly number[]
  /** Row by row. */
  readonly values: Sides
}

/** Longer lists are no arithmetic of shapes. */
export const MOST_NUMBERS = 1024

/** All elements where each is a number, or null. */
export function allKnown(values: Sides | undefined): readonly number[] | null {
  const known = values?.filter((value) => typeof value === 'number')
  return known !== undefined && known.length === values?.length ? known : null
}

/** Elements of a list, such as sizes; undefined of all else. */
export function listed(numbers: KnownNumbers | undefined): Sides | undefined {
  return numbers?.shape.length === 1 ? numbers.values : undefined
}
