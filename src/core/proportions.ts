/** The 97.5 % point of the normal distribution. */
const Z = 1.959963984540054

/**
 * 95 % interval of a share that was found on n samples.
 * @param count n > 0
 * @returns [low, high], 0..1
 * @see Wilson 1927, "Probable inference, the law of succession, and statistical inference"
 */
export function wilsonInterval(correct: number, count: number): readonly [number, number] {
  const share = correct / count
  const scale = 1 + Z ** 2 / count
  const centre = (share + Z ** 2 / (2 * count)) / scale
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/**
 * 95 % interval of the difference of two shares that were found on the same n samples: the Wald interval after half a
 * sample is added to each cell of the table of both answers, so that it is none of width 0 where the models differ
 * nowhere.
 * @param onlyFirst samples that the first model alone has right
 * @param onlySecond samples that the second model alone has right
 * @param count n > 0, those that both or none have right among them
 * @returns [low, high] of what the first has more than the second, -1..1
 * @see Agresti and Min 2005, "Simple improved confidence intervals for comparing matched proportions", Statistics in
 *   Medicine 24(5)
 */
export function pairedInterval(
  onlyFirst: number,
  onlySecond: number,
  count: number,
): readonly [number, number] {
  const all = count + 2
  const [first, second] = [(onlyFirst + 0.5) / all, (onlySecond + 0.5) / all]
  const difference = first - second
  const half = Z * Math.sqrt((first + second - difference ** 2) / all)
  return [Math.max(-1, difference - half), Math.min(1, difference + half)]
}

/** From here on a difference is called one. */
export const SIGNIFICANT = 0.05

/**
 * Exact test on paired answers: whether two models that were right on different samples of the same
 * data can be equally good.
 * @param onlyFirst samples that the first model alone has right
 * @param onlySecond samples that the second model alone has right
 * @returns two-sided p, 0..1; 1 where the models differ nowhere
 * @see McNemar 1947, "Note on the sampling error of the difference between correlated proportions"
 */
export function mcNemarTest(onlyFirst: number, onlySecond: number): number {
  const count = onlyFirst + onlySecond
  const fewer = Math.min(onlyFirst, onlySecond)
  // Binomial terms of p = 1/2, as logarithms: 2 ** -count leaves the range of a double.
  let logTerm = -count * Math.LN2
  let tail = Math.exp(logTerm)
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log(count - k + 1) - Math.log(k)
    tail += Math.exp(logTerm)
  }
  return Math.min(1, 2 * tail)
}

/**
 * Whether the second of two models is worse than the first by more than chance.
 * @param onlyFirst samples that the first model alone has right
 * @param onlySecond samples that the second model alone has right
 */
export function isWorse(onlyFirst: number, onlySecond: number): boolean {
  return onlyFirst > onlySecond && mcNemarTest(onlyFirst, onlySecond) < SIGNIFICANT
}
