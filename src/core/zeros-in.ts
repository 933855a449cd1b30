export function zerosIn(values: Iterable<number>): number {
  let zeros = 0
  for (const value of values) if (value === 0) zeros++
  return zeros
}
