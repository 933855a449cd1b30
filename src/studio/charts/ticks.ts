/**
 * Round values that cover a range, about `count` of them; zero is one of them where it is inside.
 * @returns ascending, multiples of 1, 2 or 5 times a power of ten
 */
export function roundTicks(min: number, max: number, count: number): readonly number[] {
  const span = max - min
  if (!(span > 0)) return [min]
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.75) ?? 10) * power
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

/** Decimals of per cents with which no two ticks are told alike. */
export function percentDecimals(ticks: readonly number[]): number {
  const told = (decimals: number): number =>
    new Set(ticks.map((tick) => (100 * tick).toFixed(decimals))).size
  const enough = [0, 1, 2].find((decimals) => told(decimals) === new Set(ticks).size)
  return enough ?? 3
}

/** Counts for a logarithmic axis: powers of ten, with 2 and 5 between where there are few of them. */
export function countTicks(largest: number): number[] {
  const decades = Math.floor(Math.log10(Math.max(1, largest))) + 1
  const steps = decades > 3 ? [1] : [1, 2, 5]
  return Array.from({ length: decades }, (_, decade) => steps.map((step) => step * 10 ** decade))
    .flat()
    .filter((tick) => tick <= largest)
}
