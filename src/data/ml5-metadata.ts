/** What ml5's neuralNetwork writes beside its model of how it scaled numbers (`model_meta.json`). */

/** The numbers of a value that ml5 scaled: 0 is its smallest, 1 its largest. */
interface Ml5Range {
  readonly dtype: string
  readonly min: number
  readonly max: number
}

interface Ml5Scaling {
  readonly inputs: readonly Ml5Range[]
  readonly outputs: readonly Ml5Range[]
  /** Sides of a sample. */
  readonly shape: readonly unknown[]
  /** Whether it did scale. */
  readonly isScaled: boolean
}

/** @returns null where the value is something else */
export function ml5Scaling(value: unknown): Ml5Scaling | null {
  if (!isObject(value)) return null
  const { inputUnits, inputs, outputs, isNormalized } = value
  if (typeof isNormalized !== 'boolean' || !isObject(inputs) || !isObject(outputs)) return null
  return {
    inputs: rangesIn(inputs),
    outputs: rangesIn(outputs),
    shape: Array.isArray(inputUnits) ? inputUnits : [inputUnits],
    isScaled: isNormalized,
  }
}

/** Classes have a legend and are not scaled. */
function rangesIn(values: Readonly<Record<string, unknown>>): readonly Ml5Range[] {
  return Object.values(values).flatMap((value) => {
    if (!isObject(value)) return []
    const { dtype, min, max } = value
    const isRange = Number.isFinite(min) && Number.isFinite(max) && Number(max) > Number(min)
    return isRange && (dtype === 'number' || dtype === 'array')
      ? [{ dtype, min: Number(min), max: Number(max) }]
      : []
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
