import type { DataSummary } from '../../protocol/data-messages'
import type { DataStatus } from './model-slice'

/** The data that is attached, also while other data is on its way. */
export function dataIn(status: DataStatus): DataSummary | null {
  switch (status.state) {
    case 'attached':
      return status.data
    case 'loading':
      return status.before
    case 'none':
    case 'failed':
      return null
  }
}

/** The data that is attached and not about to be replaced. */
export function attachedIn(status: DataStatus): DataSummary | null {
  return status.state === 'attached' ? status.data : null
}

/** Figures are comparable where this is equal: on the same data under the same settings, or without any. */
export function dataKey(status: DataStatus): string {
  const data = dataIn(status)
  if (data === null) return 'synthetic'
  const { id, own, settings } = data
  return JSON.stringify([id, own?.hash ?? null, settings])
}

/** What a run learns from: it goes on where the key is the same. */
export interface RunData {
  readonly key: string
  readonly name: string
}

export function runDataIn(status: DataStatus): RunData {
  return { key: dataKey(status), name: dataIn(status)?.name ?? '' }
}
