import { z } from 'zod'

export const sparsitySchedules = [
  'oneShot',
  'constant',
  'polynomial',
  'exponential',
  'iterative',
] as const

/** How pruning goes on while a model trains. */
export const pruningScheduleSchema = z.strictObject({
  schedule: z.enum(sparsitySchedules),
  /** Share of the run after which the final sparsity is reached. */
  end: z.number().min(0.05).max(1),
  /** Rounds of the iterative schedule. */
  rounds: z.int().min(2).max(50),
  /** Removed weights keep learning in the background and may return while the schedule runs. */
  regrowth: z.boolean(),
})

export type PruningSchedule = z.infer<typeof pruningScheduleSchema>

/** Share of the removals that the exponential schedule leaves open at its end, before it jumps to 1. */
const EXPONENTIAL_REST = 1e-3

/**
 * Which share of the wanted sparsity holds at a moment of the run.
 *
 * oneShot: all of it before the first step. constant: all of it from `end / 2` on, after training the
 * whole network first. polynomial: 1 - (1 - p)^3 (Zhu & Gupta 2017). exponential: density falls by a
 * constant factor. iterative: equal steps, each followed by training (Han et al. 2015).
 * @param progress of the run, 0..1
 * @param sparsity the final sparsity, 0..1; the exponential schedule depends on it
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
    case 'exponential': {
      if (sparsity <= 0) return 1
      const density = Math.max(EXPONENTIAL_REST, 1 - sparsity)
      return Math.min(1, (1 - density ** p) / (1 - density))
    }
    case 'iterative':
      return Math.min(1, (Math.floor(p * rounds) + 1) / rounds)
  }
}
