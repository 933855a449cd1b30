import { LEAST_LOSS } from './loss-model'
import { meets } from './search-goal'
import type { Figures, SearchGoal } from './search-goal'

/** One of the files that are trained one after the other. */
export interface TrainedFile {
  /** Bytes of the settings that were asked for. */
  readonly asked: number
  readonly epochs: number
  /** After training. */
  readonly found: Figures
}

/**
 * What a file has lost after training grows with about this power as it gets smaller: Fashion CNN 2 to 8, VGG small 4 to
 * 9. After one that keeps to the goal the steepest is believed, after a miss the flattest, or the next would miss.
 */
const LOSS_BY_SIZE = { met: 8, missed: 3 } as const
/** It falls with about this power of the epochs: VGG small at 33.6 kB, in 3 and in 6 epochs, from 0.34 to 0.16 points. */
const LOSS_BY_EPOCHS = 0.5
/** A loss that is aimed at, of what is allowed, since it scatters. */
const AIM = 0.8
const MOST_STEP = 1.25
/** After one that keeps to the goal. */
const SMALLER = 0.95
/** Zeros of wide steps go once ranges are learned, so files grow in training; by more than that none is thought to: LeNet-5 1.16. */
const MOST_GROWTH = 1.2

/**
 * Bytes of the settings to train next.
 * @param epochs of the next
 * @param most bytes that it may have once it is trained
 */
export function nextSize(
  goal: SearchGoal,
  { asked, epochs: before, found }: TrainedFile,
  epochs: number,
  most: number,
): number {
  const left = (before / Math.max(before, epochs)) ** LOSS_BY_EPOCHS
  const step = sizeStep(goal, { ...found, loss: left * (found.loss ?? 0) })
  return (
    Math.min(step * found.bytes, most) / Math.min(MOST_GROWTH, Math.max(1, found.bytes / asked))
  )
}

/**
 * Whether a file that has lost too much is thought to keep to the goal once it is trained on, which no smaller file would
 * and a larger one only from its beginning.
 * @param more epochs on top of its own
 */
export function isWonByMore(goal: SearchGoal, file: TrainedFile, more: number): boolean {
  const { epochs, found } = file
  if (goal.kind === 'bytes' || found.loss === null || meets(goal, found)) return false
  return found.loss * (epochs / (epochs + more)) ** LOSS_BY_EPOCHS <= AIM * goal.most
}

/** By how much smaller, or larger, the next file is to be after trained settings have lost so much. */
function sizeStep(goal: SearchGoal, found: Figures): number {
  const lost = Math.max(LEAST_LOSS, found.loss ?? 0)
  const share = lost / (AIM * Math.max(LEAST_LOSS, goal.most))
  return meets(goal, found)
    ? Math.min(share ** (1 / LOSS_BY_SIZE.met), SMALLER)
    : Math.min(share ** (1 / LOSS_BY_SIZE.missed), MOST_STEP)
}
