import { flattenLayers } from '../flatten-layers'
import type { FlatLayer } from '../flatten-layers'
import type { TopologyModel } from '../topology'
import type { Mask } from './lowered-call'
import { isMasked, maskBehind } from './masks'
import type { Spoken } from './masks'
import { isLowered, lowerings } from './table'
import type { Lowering } from './table'

/** What layers of a topology compute: as Keras, or as TensorFlow.js, which differs in places. */
export interface Meaning {
  readonly rows: (model: TopologyModel) => readonly FlatLayer[]
  /** null: nothing is known of the class. */
  readonly lowering: (className: string) => Lowering | null
  readonly masks: {
    readonly isMasked: (model: TopologyModel) => boolean
    readonly behind: (spoken: Spoken) => Mask | null
    /** To all layers that run later, read by them or not. */
    readonly areToldOn: boolean
  }
}

export const stockMeaning: Meaning = {
  rows: (model) => flattenLayers(model),
  lowering: (className) => (isLowered(className) ? lowerings[className] : null),
  masks: { isMasked, behind: maskBehind, areToldOn: true },
}
