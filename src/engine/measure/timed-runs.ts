interface Limits {
  readonly fewest: number
  readonly most: number
  /** Measuring goes on for this long where there are runs enough. */
  readonly budgetMs: number
}

/**
 * Times of one thing done again and again, the shortest first.
 * @param once does it and says how many ms of the budget it took
 */
export async function timedRuns(
  once: () => Promise<number>,
  { budgetMs, fewest, most }: Limits,
): Promise<readonly number[]> {
  const times: number[] = []
  let spent = 0
  while (times.length < most && (times.length < fewest || spent < budgetMs)) {
    const time = await once()
    times.push(time)
    spent += time
  }
  return times.toSorted((a, b) => a - b)
}
