const KEY = 'compression-studio.cores'

/** Cores that a person lets the studio work on; null: all that it may, also where storage is forbidden or damaged. */
export function loadCores(storage: Pick<Storage, 'getItem'>): number | null {
  try {
    const count = Number(storage.getItem(KEY) ?? NaN)
    return Number.isInteger(count) && count > 0 ? count : null
  } catch {
    return null
  }
}

export function keepCores(
  storage: Pick<Storage, 'removeItem' | 'setItem'>,
  cores: number | null,
): void {
  try {
    if (cores === null) storage.removeItem(KEY)
    else storage.setItem(KEY, String(cores))
  } catch {
    // Full or forbidden storage only costs the convenience.
  }
}
