/** Whether each row has a single one, and zeros beside it. */
export function isOneHot(values: Float64Array, columns: number): boolean {
  for (let start = 0; start < values.length; start += columns) {
    let ones = 0
    for (let i = 0; i < columns; i++) {
      const value = values[start + i] ?? 0
      if (value !== 0 && value !== 1) return false
      ones += value
    }
    if (ones !== 1) return false
  }
  return true
}
