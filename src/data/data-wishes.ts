import { StudioError } from '../core/errors'
import type { DataSource } from './data-source'
import type { Reading, ReadingChoices } from './reading/reading'
import type { OutputForm } from './task'

/** What is known before people's own files are read. */
export interface DataWishes {
  /** What a person has put right. */
  readonly choices: ReadingChoices
  /** Sides of the model's only input without the batch; null where nobody knows. */
  readonly input: readonly (number | null)[] | null
  /** What the model's first output offers; null or absent where nobody knows. */
  readonly output?: OutputForm | null
}

/** People's own files as they were understood. */
export interface ReadData {
  readonly reading: Reading
  /** null where they give no samples as they stand: `reading.problem` says why. */
  readonly source: DataSource | null
}

/** @throws StudioError the problem of data that give no samples as they stand */
export function requireSource({ reading, source }: ReadData): DataSource {
  if (source !== null) return source
  throw reading.problem === null
    ? new StudioError('data/is-empty', { file: reading.name })
    : StudioError.from(reading.problem)
}
