import type { Sides } from '../../graph/sides/side'

/** Why an operator has no place in the files that are written. */
export type Unwritable =
  | 'unknown'
  | 'openSides'
  | 'steps'
  /** More operators, or numbers beside the weights, than a file should hold. */
  | 'tooMuch'

/** Why a graph has no place among those of a kind of files. */
export interface WriteRefusal {
  readonly refused: Unwritable
  /** The layer, as its file calls it. */
  readonly layer: string
}

export function isRefused(written: object): written is WriteRefusal {
  return 'refused' in written
}

/** Thrown by what writes one operator. */
export class NotWritable extends Error {
  constructor(readonly reason: Unwritable) {
    super(reason)
  }
}

/**
 * Files are hostile: of what is made for each place of a side nothing is made before it is counted.
 * @throws NotWritable where it is more
 */
export function atMost(count: number, most: number): number {
  if (count > most) throw new NotWritable('tooMuch')
  return count
}

/** Numbers that are made for the places of a side. */
const MOST_PLACES = 2 ** 16

/** How many such numbers are made. @throws NotWritable where they are too many */
export function places(count: number): number {
  return atMost(count, MOST_PLACES)
}

/** A side that has to be a number where this is written. */
export function fixed(side: Sides[number] | undefined): number {
  if (typeof side !== 'number') throw new NotWritable('openSides')
  return side
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at)
}

export function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}
