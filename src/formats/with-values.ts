import type { OpenedWeight } from './format'

/** A weight with other real numbers in it, which no entry of the file that was opened holds. */
export function withValues(weight: OpenedWeight, values: Float32Array): OpenedWeight {
  return {
    ...weight,
    ...{ values, zeros: zerosIn(values), quantized: null },
    ...{ storedAs: 'float32', storedBytes: values.byteLength },
  }
}

export function zerosIn(values: OpenedWeight['values']): number {
  let zeros = 0
  for (const value of values) if (value === 0) zeros++
  return zeros
}
