import type { OpAttributes } from '../operators'
import { times } from '../sides/side'
import type { Sides } from '../sides/side'
import { replaced, without } from '../sides/sides'
import { windowPlaces } from '../sides/window-places'
import type { ShapeRule } from './shape-rule'
import { slid } from './window-shapes'

type Recurrent = OpAttributes['recurrent']

/** How many states a cell hands from step to step. */
export const statesOf: { readonly [Kind in Recurrent['cells'][number]['kind']]: 1 | 2 } = {
  simple: 1,
  gru: 1,
  lstm: 2,
  convLstm: 2,
}

/**
 * Of one time step, sides of what a cell with so many units says.
 * @param x without the time
 */
export function stepSides(x: Sides, units: number, window: Recurrent['window']): Sides | null {
  if (window !== null) return slid(x, window.sides, window, units)
  return x.length >= 2 ? replaced(x, x.length - 1, [units]) : null
}

/** The time stands before what one step has: channels, and places where it is a picture. */
export function timeAxis(rank: number, window: Recurrent['window']): number {
  return rank - 2 - (window?.sides.length ?? 0)
}

export const recurrentShape: ShapeRule<'recurrent'> = ({ attributes, outputs }, facts) => {
  const { cells, directions, sequences, window } = attributes
  const [x] = facts.inputs
  const time = timeAxis(x?.length ?? 0, window)
  const own = x === undefined || time < 1 ? null : without(x, new Set([time]))
  const last = own === null ? null : stepSides(own, cells.at(-1)?.units ?? NaN, window)
  if (own === null || last === null) return []
  const channel = channelOf(last, window)
  const joined = directions === 'concat' ? replaced(last, channel, [times(last[channel], 2)]) : last
  const said = sequences
    ? [...joined.slice(0, time), x?.[time] ?? null, ...joined.slice(time)]
    : joined
  const says = directions === 'lists' ? [said, said] : [said]
  const states = cells
    .toReversed()
    .flatMap(({ kind, units }) =>
      Array.from({ length: statesOf[kind] }, () => stepSides(own, units, window)),
    )
  const all = directions === null ? states : [...states, ...states]
  return [...says, ...(attributes.states ? all : [])].slice(0, outputs.length)
}

/** Where the channels of one time step stand. */
export function channelOf(step: Sides, window: Recurrent['window']): number {
  const last = step.length - 1
  if (window === null) return last
  return windowPlaces(step.length, window.sides.length, window.layout)?.channel ?? last
}
