/** What a person wants of the smallest file. */
export type SearchGoal =
  /** The smallest file that loses at most so much, as a share: 0.005 is half a point. */
  | { readonly kind: 'loss'; readonly most: number }
  /** The least loss in a file of at most so many bytes. */
  | { readonly kind: 'bytes'; readonly most: number }

/** Settings as they were measured. */
export interface Figures {
  /** Of the download as it is chosen. */
  readonly bytes: number
  /**
   * What the original has more than these settings on the same samples, as a share; below zero where they are better.
   * null where nothing can be said.
   */
  readonly loss: number | null
}

/** Whether settings keep to a goal. */
export function meets(goal: SearchGoal, { bytes, loss }: Figures): boolean {
  return goal.kind === 'bytes' ? bytes <= goal.most : loss !== null && loss <= goal.most
}

/** Whether settings serve a goal better than others; those that miss it never do, unless nothing meets it. */
export function isBetter(goal: SearchGoal, one: Figures, other: Figures | null): boolean {
  if (other === null) return true
  const [here, there] = [meets(goal, one), meets(goal, other)]
  if (here !== there) return here
  // The nearest to what was asked for, where nothing keeps to it.
  const wanted = (goal.kind === 'loss') === here ? 'bytes' : 'loss'
  return wanted === 'bytes'
    ? one.bytes < other.bytes
    : (one.loss ?? Infinity) < (other.loss ?? Infinity)
}
