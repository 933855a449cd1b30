import { StudioError } from '../core/errors'
import type { DataSource } from './data-source'
import type { Reading, ReadingChoices } from './reading/reading'
import type { OutputForm } from './task'

/** What is known before people's own files are read. */
export interface DataWishes {
  /** What a person has put right. */
  readonly choices: ReadingChoices
  /** Of the model, in its order; none where nobody knows. */
  readonly inputs: readonly InputWish[]
  /** What the model's first output offers; null or absent where nobody knows. */
  readonly output?: OutputForm | null
}

/** What one input of the model takes. */
export interface InputWish {
  readonly name: string
  /** Without the batch; open ones null. */
  readonly sides: readonly (number | null)[]
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
