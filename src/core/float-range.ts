/** What floats of a kind can say with all their digits. */
export interface FloatRange {
  /** The smallest that has all its digits. */
  readonly least: number
  readonly most: number
}

export const float32Range: FloatRange = { least: 2 ** -126, most: (2 - 2 ** -23) * 2 ** 127 }

export const float16Range: FloatRange = { least: 2 ** -14, most: 65_504 }
