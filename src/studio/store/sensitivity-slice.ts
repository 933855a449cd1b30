import type { StudioErrorData } from '../../core/errors'
import type { LayerSensitivity, SensitivityTable } from '../../search/sensitivity'
import type { Slice } from './slice'

/** What layers bear, as it becomes known. */
export type SensitivityStatus =
  | { readonly state: 'none' }
  | {
      readonly state: 'running' | 'left'
      readonly layers: readonly LayerSensitivity[]
      readonly done: number
      readonly total: number
    }
  | { readonly state: 'known'; readonly table: SensitivityTable }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

export interface SensitivitySlice {
  readonly sensitivity: SensitivityStatus
  /** The weights that it is of; undefined: those of the file. */
  readonly sensitivityOf: string | undefined
  setSensitivity: (sensitivity: SensitivityStatus, of: string | undefined) => void
}

const none = { sensitivity: { state: 'none' }, sensitivityOf: undefined } as const

export const sensitivitySlice: Slice<SensitivitySlice> = {
  create: (set) => ({
    ...none,
    setSensitivity: (sensitivity, sensitivityOf) => {
      set({ sensitivity, sensitivityOf })
    },
  }),
  forModel: () => none,
  forData: () => none,
}

/** The layers as far as they are known, in the order of the model. */
export function layersIn(status: SensitivityStatus): readonly LayerSensitivity[] {
  switch (status.state) {
    case 'known':
      return status.table.layers
    case 'running':
    case 'left':
      return status.layers
    case 'none':
    case 'failed':
      return []
  }
}

/** A layer as it is known now in the place of what was known before. */
export function withLayer(
  layers: readonly LayerSensitivity[],
  layer: LayerSensitivity | null,
): readonly LayerSensitivity[] {
  if (layer === null) return layers
  const at = layers.findIndex((one) => one.layer === layer.layer)
  return at < 0 ? [...layers, layer] : layers.with(at, layer)
}
