import { numbers, T, text } from '../graph-attributes'
import type { Plain } from '../graph-attributes'

export type Attributes = { [key: string]: Plain }

/** A tensor of a file by its sides: told row by row, drawn where nothing is told. */
interface Told {
  readonly sides: number[]
  readonly told?: readonly number[]
  readonly whole?: true
}

/** One operator in a graph of its own, as the converter writes it. */
export interface OperatorCase {
  readonly op: string
  /** Where several cases have one operator. */
  readonly name?: string
  readonly attr?: Attributes
  /** What it reads beside its input; a list of numbers stands for whole ones. */
  readonly constants?: readonly (readonly number[] | Told)[]
  /** Where its input stands among them. */
  readonly at?: number
  readonly sides?: number[]
  readonly least?: number
  readonly most?: number
  readonly type?: 'DT_INT32' | 'DT_BOOL'
  readonly outputs?: number
  /** What it becomes. */
  readonly nodes: readonly string[]
}

export const picture = [2, 9, 9, 3]

export const SLIDING = {
  T,
  strides: numbers([1, 2, 2, 1]),
  padding: text('SAME'),
  data_format: text('NHWC'),
  dilations: numbers([1, 1, 1, 1]),
}

/** A single real number. */
export function one(value: number): Told {
  return { sides: [], told: [value] }
}

/** A single whole number. */
export function only(value: number): Told {
  return { sides: [], whole: true, told: [value] }
}

/** Whole numbers. */
export function matrix(rows: number[][]): Told {
  return { sides: [rows.length, rows[0]?.length ?? 0], whole: true, told: rows.flat() }
}
