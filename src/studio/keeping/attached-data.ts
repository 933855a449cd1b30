import type { DataSettings } from '../../data/data-settings'
import type { OpenDataRequest } from '../../protocol/data-messages'

/** Data that is attached, as it is attached again: after a restart of the engine, or on a later visit. */
export type AttachedData =
  | {
      readonly kind: 'builtIn'
      readonly datasetId: string
      readonly settings: DataSettings | null
    }
  | ({ readonly kind: 'own' } & OpenDataRequest)
