export interface Wing {
  readonly wing: 'pure' | 'aside' | 'engine' | 'page' | 'views' | 'around'
  readonly what: string
}

export interface Room extends Pick<Wing, 'wing'> {
  /** Path of a folder, or a pattern of files, from the root of the repository. */
  readonly name: string
  readonly holds: string
  /** As written: rooms, or a whole wing. */
  readonly uses: readonly string[]
  /** Regular expression of the files that belong to it. */
  readonly files: string
  /** Rooms that it may import. */
  readonly mayImport: readonly string[]
}

/** From the ground up. */
export const wings: readonly Wing[]
/** From the ground up. */
export const rooms: readonly Room[]
/** Regular expression of files that are tests. */
export const TESTS: string
