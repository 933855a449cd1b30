import { z } from 'zod'
import { madeOnce } from '../../core/made-once'
import type { RunStretch } from '../../core/run-stretch'

export const sparsitySchedules = [
  'oneShot',
  'constant',
  'polynomial',
  'exponential',
  'iterative',
] as const

/** auto: whichever was measured to be the better one for the settings. */
export const scheduleChoices = ['auto', ...sparsitySchedules] as const

/** How pruning goes on while a model trains, as somebody chooses it. */
export const pruningScheduleSchema = madeOnce(() =>
  z.strictObject({
    schedule: z.enum(scheduleChoices),
    /** Share of the run after which the final sparsity is reached. */
    end: z.number().min(0.05).max(1),
    /** Rounds of the iterative schedule. */
    rounds: z.int().min(2).max(50),
    /** Removed weights keep learning in the background and may return while the schedule runs. */
    regrowth: z.boolean(),
  }),
)

export type PruningChoice = z.infer<ReturnType<typeof pruningScheduleSchema>>

/** The same once it is known what a run does. */
export interface PruningSchedule extends PruningChoice {
  readonly schedule: (typeof sparsitySchedules)[number]
}

/** Density that falls by a constant factor cannot reach nothing: below this it jumps. */
const LEAST_DENSITY = 1e-3

/**
 * Which share of the wanted sparsity holds at a moment of the run.
 *
 * oneShot: all of it before the first step. constant: all of it from `end / 2` on, after training the
 * whole network first. polynomial: 1 - (1 - p)^3 (Zhu & Gupta 2017). exponential: density falls by a
 * constant factor. iterative: each round removes the same share of what is left, so that after i of n rounds the
 * density is (1 - sparsity)^(i / n), and is followed by training (Han et al. 2015).
 * @param progress of the run, 0..1
 * @param sparsity the final sparsity, 0..1; the exponential and the iterative schedule depend on it
 * @returns 0..1, never falling; 1 from `end` on
 */
export function sparsityFraction(
  progress: number,
  sparsity: number,
  { schedule, end, rounds }: PruningSchedule,
): number {
  const p = Math.min(1, progress / end)
  if (schedule === 'oneShot' || p >= 1) return 1
  switch (schedule) {
    case 'constant':
      return p >= 0.5 ? 1 : 0
    case 'polynomial':
      return 1 - (1 - p) ** 3
    case 'exponential':
      return fallen(p, sparsity)
    case 'iterative': {
      const round = roundAt(progress, { end, rounds })
      return round === rounds ? 1 : fallen(round / rounds, sparsity)
    }
  }
}

/**
 * The round of the iterative schedule that goes on at a moment. Rounds are equally long up to `end`, each begins
 * with its removals, and the last one goes on to the end of the run.
 * @param progress of the run, 0..1
 */
export function roundStretch(
  progress: number,
  { end, rounds }: Pick<PruningSchedule, 'end' | 'rounds'>,
): RunStretch {
  const round = roundAt(progress, { end, rounds })
  const to = round === rounds ? 1 : (round * end) / rounds
  return { from: ((round - 1) * end) / rounds, to }
}

/** From 1. */
function roundAt(
  progress: number,
  { end, rounds }: Pick<PruningSchedule, 'end' | 'rounds'>,
): number {
  // Where a round begins with a step it is that step, however its share of the run is rounded.
  return Math.min(rounds, Math.floor((progress * rounds) / end + 1e-9) + 1)
}

/** The share of all removals after which the density has fallen to its final one to the power of `p`. */
function fallen(p: number, sparsity: number): number {
  if (sparsity <= 0) return 1
  const density = Math.max(LEAST_DENSITY, 1 - sparsity)
  return Math.min(1, (1 - density ** p) / (1 - density))
}
