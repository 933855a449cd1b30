import { channelOf, stepSides, timeAxis } from '../shapes/recurrent-shapes'
import { plus, product, times } from '../sides/side'
import type { Side } from '../sides/side'
import { without } from '../sides/sides'
import type { WorkRule } from './work-rule'

/** Matrices, or sets of filters, that a cell has for what it reads, and again for its state. */
const GATES = { simple: 1, gru: 3, lstm: 4, convLstm: 4 } as const

/** Each cell reads what the one below says, and its own state, once in a step. */
export const recurrentWork: WorkRule<'recurrent'> = ({ attributes }, { inputs: [x] }) => {
  const { cells, directions, window } = attributes
  const time = timeAxis(x?.length ?? 0, window)
  const own = x === undefined || time < 1 ? null : without(x, new Set([time]))
  const made = own === null ? null : stepSides(own, cells.at(-1)?.units ?? NaN, window)
  if (own === null || made === null) return null
  let channels: Side = own[channelOf(own, window)] ?? null
  let kernels: Side = 0
  for (const { kind, units } of cells) {
    kernels = plus(kernels, times(times(plus(channels, units), units), GATES[kind]))
    channels = units
  }
  // Of pictures, what is read around one place of the output.
  const around = window === null ? 1 : product(window.sides)
  const positions = product(without(made, new Set([channelOf(made, window)])))
  const steps = times(x?.[time] ?? null, directions === null ? 1 : 2)
  return times(times(times(kernels, around), positions), steps)
}
