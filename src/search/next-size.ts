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
 * 9. Two files of one model tell it; before there are two, the steepest is believed after one that keeps to the goal, the
 * flattest after a miss, or the next would miss.
 */
const LOSS_BY_SIZE = { steepest: 8, flattest: 3 } as const
/** Sizes that are nearer tell of chance alone. */
const APART = 1.03
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
 * @param last of the files of one model that were trained
 * @param earlier the others
 * @param epochs of the next
 * @param most bytes that it may have once it is trained
 */
export function nextSize(
  goal: SearchGoal,
  last: TrainedFile,
  earlier: readonly TrainedFile[],
  epochs: number,
  most: number,
): number {
  const { asked, found } = last
  const growth = Math.min(MOST_GROWTH, Math.max(1, found.bytes / asked))
  return Math.min(sizeStep(goal, last, earlier, epochs) * found.bytes, most) / growth
}

/** By how much smaller, or larger, the next file is to be. */
function sizeStep(
  goal: SearchGoal,
  last: TrainedFile,
  earlier: readonly TrainedFile[],
  epochs: number,
): number {
  const share = lossAfter(last, epochs) / (AIM * Math.max(LEAST_LOSS, goal.most))
  const power = powerBetween(last, nearestTo(last, earlier), epochs)
  const { flattest, steepest } = LOSS_BY_SIZE
  return meets(goal, last.found)
    ? Math.min(share ** (1 / (power ?? steepest)), SMALLER)
    : Math.min(share ** (1 / (power ?? flattest)), MOST_STEP)
}

/** What a file would have lost in so many epochs, where that are more. */
function lossAfter({ epochs: before, found }: TrainedFile, epochs: number): number {
  const loss = (found.loss ?? 0) * (before / Math.max(before, epochs)) ** LOSS_BY_EPOCHS
  return Math.max(LEAST_LOSS, loss)
}

/** With what power of their size files lose more. @returns null where nothing tells it */
function powerBetween(one: TrainedFile, other: TrainedFile | null, epochs: number): number | null {
  if (other === null) return null
  const losses = Math.log(lossAfter(other, epochs) / lossAfter(one, epochs))
  const power = losses / Math.log(one.found.bytes / other.found.bytes)
  return Math.min(LOSS_BY_SIZE.steepest, Math.max(LOSS_BY_SIZE.flattest, power))
}

function nearestTo(one: TrainedFile, others: readonly TrainedFile[]): TrainedFile | null {
  const distance = ({ found }: TrainedFile): number =>
    Math.abs(Math.log(found.bytes / one.found.bytes))
  const apart = others.filter((other) => distance(other) > Math.log(APART))
  return apart.toSorted((a, b) => distance(a) - distance(b))[0] ?? null
}
