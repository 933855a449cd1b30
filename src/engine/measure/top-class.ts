import { largestOf } from '../../core/largest-of'
import type { OutputKind } from '../../core/output-kind'

/**
 * The class of each row: the column with the largest value, the first of several. A single column is a
 * yes-or-no answer: 1 above one half for a sigmoid, above zero for anything else.
 * @param values rows x columns
 */
export function topClasses(values: Float32Array, columns: number, kind: OutputKind): Int32Array {
  const rows = Math.floor(values.length / columns)
  const classes = new Int32Array(rows)
  const limit = kind === 'scores' ? 0 : 0.5
  for (let row = 0; row < rows; row++) {
    const start = row * columns
    if (columns === 1) {
      classes[row] = (values[start] ?? 0) > limit ? 1 : 0
      continue
    }
    classes[row] = largestOf(values, start, columns)
  }
  return classes
}
