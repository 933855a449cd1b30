import type { OutputMeaning } from '../../core/output-meaning'
import type { OpenModelState } from '../model/model-store'
import type { AttachedData } from '../samples/attached-data'

/**
 * What a piece of work stands on: the model that is open, the data that is attached to it and what its outputs
 * are said to mean, taken once when the work begins. Data may come, go or change its settings while the work
 * waits; work that asked again would put figures of one beside settings of the other.
 */
export interface WorkGround {
  readonly state: OpenModelState
  /** null: none is attached, or the model cannot run. */
  readonly data: AttachedData | null
  readonly meaning: OutputMeaning
}

/** The same where data is attached. */
export interface DataGround extends WorkGround {
  readonly data: AttachedData
}

/** @returns null without data */
export function withData({ data, ...ground }: WorkGround): DataGround | null {
  return data === null ? null : { ...ground, data }
}
