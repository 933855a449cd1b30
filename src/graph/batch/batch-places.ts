import { axesOf, axisOf } from '../sides/sides'
import type { BatchAnswer, BatchAxis, BatchFacts, BatchInput, BatchRule } from './batch-rule'
import type { NodeOf, OpName } from '../operators'

/** The only input that an operator computes with; all others must be the same for all samples. */
export function onlyFirst({ inputs }: BatchFacts): (BatchInput & { readonly axis: number }) | null {
  const [x, ...others] = inputs
  if (x === undefined || x.axis === null) return null
  return others.some((input) => (input?.axis ?? null) !== null) ? null : { ...x, axis: x.axis }
}

export function at<Op extends OpName>(axis: BatchAxis): BatchAnswer<Op> {
  return { axis }
}

/** Samples stay where they are. @param touched axes that are worked along */
export function apart<Op extends OpName>(
  touched: (node: NodeOf<Op>, rank: number) => readonly number[] | null,
): BatchRule<Op> {
  return (node, facts) => {
    const x = onlyFirst(facts)
    const axes = x === null ? null : touched(node, x.sides.length)
    if (x === null || axes === null) return null
    const places = axesOf(axes, x.sides.length)
    return places === null || places.has(x.axis) ? null : at(x.axis)
  }
}

/** Along no axis at all. */
export function everywhere<Op extends OpName>(): BatchRule<Op> {
  return apart<Op>(() => [])
}

/** Of windows over so many axes, with channels before or behind them. */
export function windowed<Op extends OpName>(spatial: (node: NodeOf<Op>) => number): BatchRule<Op> {
  return (node, facts) => {
    const x = onlyFirst(facts)
    return x !== null && x.axis === 0 && x.sides.length === spatial(node) + 2 ? at(0) : null
  }
}

/** Element by element: samples lie at the same place from the last, and what is the same for all has one there. */
export function aligned(inputs: readonly (BatchInput | undefined)[]): BatchAxis {
  const given = inputs.filter((input) => input !== undefined)
  const rank = Math.max(...given.map(({ sides }) => sides.length))
  const places = new Set(
    given.flatMap(({ axis, sides }) => (axis === null ? [] : [axis + rank - sides.length])),
  )
  const [place = null] = places
  if (places.size !== 1 || place === null) return null
  const isOne = ({ axis, sides }: BatchInput): boolean => {
    const own = place - rank + sides.length
    return axis !== null || own < 0 || sides[own] === 1
  }
  return given.every(isOne) ? place : null
}

/** An axis that stays when others go. */
export function withoutAxes(axis: number, gone: ReadonlySet<number>): number {
  return axis - [...gone].filter((each) => each < axis).length
}

export function placeOf(axis: number, { sides }: BatchInput): number {
  return axisOf(axis, sides.length) ?? NaN
}
