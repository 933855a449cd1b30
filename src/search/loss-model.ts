import type { SearchRow } from './search-rows'

/** Settings as the distances of their rows, and what was measured of them. */
interface Observation {
  /** Distance of each row. */
  readonly distances: readonly number[]
  /** What the original has more, as a share; may be below zero. */
  readonly loss: number
}

/** A loss below this cannot be told from none on a few thousand samples. */
export const LEAST_LOSS = 1e-3
/** How much a row's own factor is held to that of all. */
const HELD = 0.6
const ROUNDS = 60

/**
 * Fits loss = sum over rows of gain x distance, in logarithms: one factor for all rows by what losses are to distances,
 * and for each row as much more or less as the measurements ask for. Losses near the wanted one count most.
 * @returns the gains, one for each row
 */
export function fitGains(
  observations: readonly Observation[],
  rows: number,
  wanted: number,
): readonly number[] {
  const seen = observations.map(({ distances, loss }) => {
    const target = Math.log(Math.max(LEAST_LOSS, loss))
    const off = target - Math.log(Math.max(LEAST_LOSS, wanted))
    return { distances, target, weight: 1 / (1 + off ** 2) }
  })
  let common = 0
  const own = new Float64Array(rows)
  for (let round = 0; round < ROUNDS; round++) {
    let [step, total] = [0, 0]
    const slopes = new Float64Array(rows)
    const curvatures = new Float64Array(rows)
    for (const { distances, target, weight } of seen) {
      const parts = distances.map((distance, row) => distance * Math.exp(common + (own[row] ?? 0)))
      const sum = parts.reduce((all, part) => all + part, 0)
      if (sum <= 0) continue
      const residual = target - Math.log(sum)
      step += weight * residual
      total += weight
      parts.forEach((part, row) => {
        const share = part / sum
        slopes[row] = (slopes[row] ?? 0) + weight * residual * share
        curvatures[row] = (curvatures[row] ?? 0) + weight * share ** 2
      })
    }
    if (total === 0) break
    common += step / total
    for (let row = 0; row < rows; row++) {
      const slope = (slopes[row] ?? 0) - HELD * (own[row] ?? 0)
      own[row] = (own[row] ?? 0) + (0.5 * slope) / ((curvatures[row] ?? 0) + HELD)
    }
  }
  return Array.from(own, (log) => Math.exp(common + log))
}

/** A choice for each row, and what was measured of all. */
export interface Seen {
  readonly chosen: readonly number[]
  readonly loss: number
}

/** Settings whose choices agree in all but this share of what they move are much alike. */
const ALIKE = 0.25

/**
 * What settings are thought to lose, by those that were measured: the sum of what their rows move, each by its own gain,
 * and as much more or less as the sum was off for settings that are alike.
 */
export class LossModel {
  /** One for each row. */
  readonly gains: readonly number[]
  private readonly rows: readonly SearchRow[]
  private readonly seen: readonly (Seen & { readonly off: number })[]

  constructor(rows: readonly SearchRow[], seen: readonly Seen[], wanted: number) {
    this.rows = rows
    const observations = seen.map(({ chosen, loss }) => ({
      distances: chosen.map((_, row) => this.distanceOf(chosen, row)),
      loss,
    }))
    this.gains = fitGains(observations, rows.length, wanted)
    this.seen = seen.map((one) => ({
      ...one,
      off: Math.log(Math.max(LEAST_LOSS, one.loss) / Math.max(LEAST_LOSS, this.sumOf(one.chosen))),
    }))
  }

  /** @returns the loss as a share, above zero, and how much is known of settings that are alike, from 0 */
  lossOf(chosen: readonly number[]): { readonly loss: number; readonly certain: number } {
    const sum = this.sumOf(chosen)
    let [off, certain] = [0, 0]
    for (const other of this.seen) {
      const weight = Math.exp(-this.differenceOf(chosen, other.chosen, sum) / ALIKE)
      off += weight * other.off
      certain += weight
    }
    return { loss: Math.max(LEAST_LOSS / 2, sum) * Math.exp(off / (certain + 0.2)), certain }
  }

  private sumOf(chosen: readonly number[]): number {
    return chosen.reduce(
      (sum, _, row) => sum + (this.gains[row] ?? 1) * this.distanceOf(chosen, row),
      0,
    )
  }

  /** How much of what they move comes from rows whose choices differ, 0..1. */
  private differenceOf(one: readonly number[], other: readonly number[], sum: number): number {
    const all = Math.max(LEAST_LOSS / 10, sum, this.sumOf(other))
    return one.reduce((total, choice, row) => {
      if (choice === other[row]) return total
      const gain = this.gains[row] ?? 1
      const [here, there] = [this.distanceOf(one, row), this.distanceOf(other, row)]
      return total + (gain * Math.abs(here - there)) / all
    }, 0)
  }

  private distanceOf(chosen: readonly number[], row: number): number {
    const choices = this.rows[row]?.choices
    return (choices?.[chosen[row] ?? 0] ?? choices?.[0])?.distance ?? 0
  }
}
