/** One result as one JSON line, so that runs can be compared by a machine. */
export function emit(name: string, figures: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ bench: name, ...figures }))
}

/** Median and quartiles of timings; the median counts, the quartiles say how noisy the machine was. */
export function quartiles(values: readonly number[]): { q1: number; median: number; q3: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (fraction: number): number => sorted[Math.round(fraction * (sorted.length - 1))] ?? NaN
  return { q1: round(at(0.25)), median: round(at(0.5)), q3: round(at(0.75)) }
}

/** Three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3))
}
