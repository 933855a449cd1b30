/** A side that is not fixed but can be known again: so many times the product of sides that have names. */
export interface OpenSide {
  readonly times: number
  /** In alphabetical order; one for each factor. */
  readonly names: readonly string[]
}

/** One side of a value, or one number that is computed from sides; null: nothing is known of it. */
export type Side = number | OpenSide | null

/** All sides of a value, the batch first where it has one. */
export type Sides = readonly Side[]

/** What the open first side of every input is called: all of them get equally many samples. */
export const BATCH = 'batch'

/** Products of more open sides than a real model has are not followed. */
const MOST_FACTORS = 8

export function openSide(name: string): OpenSide {
  return { times: 1, names: [name] }
}

export function isOpen(side: Side | undefined): side is OpenSide {
  return typeof side === 'object' && side !== null
}

/** Whether both are certainly the same, whatever the open sides are. */
export function isSame(a: Side | undefined, b: Side | undefined): boolean {
  if (!isOpen(a) || !isOpen(b)) return typeof a === 'number' && a === b
  return a.times === b.times && haveSameNames(a, b)
}

function haveSameNames(a: OpenSide, b: OpenSide): boolean {
  return a.names.length === b.names.length && a.names.every((name, at) => name === b.names[at])
}

export function times(a: Side | undefined, b: Side | undefined): Side {
  if (a === 0 || b === 0) return 0
  if (a === null || a === undefined || b === null || b === undefined) return null
  const [left, right] = [factorsOf(a), factorsOf(b)]
  const names = [...left.names, ...right.names].toSorted()
  return names.length > MOST_FACTORS ? null : side(left.times * right.times, names)
}

/** A quotient of whole numbers that leaves nothing over, or null. */
export function quotient(a: Side | undefined, b: Side | undefined): Side {
  const exact = ratio(a, b)
  const factor = isOpen(exact) ? exact.times : exact
  return Number.isInteger(factor) ? exact : null
}

/** As `quotient`, where a part of a whole may come out. */
export function ratio(a: Side | undefined, b: Side | undefined): Side {
  if (a === null || a === undefined || b === null || b === undefined) return null
  const [whole, part] = [factorsOf(a), factorsOf(b)]
  const names = [...whole.names]
  for (const name of part.names) {
    const at = names.indexOf(name)
    if (at < 0) return null
    names.splice(at, 1)
  }
  return part.times === 0 ? null : side(whole.times / part.times, names)
}

export function plus(a: Side | undefined, b: Side | undefined): Side {
  if (a === 0 && b !== undefined) return b
  if (b === 0 && a !== undefined) return a
  if (typeof a === 'number' && typeof b === 'number') return a + b
  return isOpen(a) && isOpen(b) && haveSameNames(a, b) ? side(a.times + b.times, a.names) : null
}

export function product(sides: Sides | undefined): Side {
  return (sides ?? [null]).reduce<Side>((result, each) => times(result, each), 1)
}

function factorsOf(given: number | OpenSide): OpenSide {
  return typeof given === 'number' ? { times: given, names: [] } : given
}

function side(factor: number, names: readonly string[]): Side {
  return names.length === 0 || factor === 0 ? factor : { times: factor, names }
}
