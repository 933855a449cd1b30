import { flattenLayers } from '../../tfjs-layers/flatten-layers'
import { describeValue } from '../../../core/short-text'
import { NotExact } from '../../tfjs-layers/lowering/lowered-call'
import type { LoweredCall } from '../../tfjs-layers/lowering/lowered-call'
import type { Meaning } from '../../tfjs-layers/lowering/meaning'
import { kerasSpelling } from '../spelling'
import { kerasMasks } from './masks'
import type { KerasVersion } from './middles'
import { kerasLowering } from './table'

/** A setting or an argument that no operators say, with the layer that has it. */
export interface Unsaid {
  readonly layer: string
  readonly setting: string
  /** Of an argument; null: it stands among the settings. */
  readonly value: string | null
}

/**
 * What layers mean to Keras.
 * @param version of Keras that wrote the file
 * @param byPath as of `Spelling`
 * @param impliedMasks layers that must find a mask with what they read
 * @param unsaid told what has no exact meaning
 */
export function kerasMeaning(
  version: KerasVersion,
  byPath: boolean,
  impliedMasks: ReadonlySet<string>,
  unsaid: (found: Unsaid) => void,
): Meaning {
  return {
    rows: (model) => flattenLayers(model, kerasSpelling(byPath)),
    lowering: (className) => {
      const lowering = kerasLowering(className, version)
      if (lowering === null) return null
      return (call) => {
        try {
          const { layer, masks } = call.called
          const isImplied = impliedMasks.has(layer.split('/').at(-1) ?? layer)
          if (isImplied && masks.every((mask) => mask === null)) throw new NotExact('mask')
          return lowering(call)
        } catch (error) {
          if (error instanceof NotExact)
            unsaid({
              ...{ layer: call.called.layer, setting: error.setting },
              value: argumentOf(call, error.setting),
            })
          throw error
        }
      }
    },
    masks: kerasMasks(version.major),
  }
}

function argumentOf({ called: { given } }: LoweredCall, name: string): string | null {
  if (given === null) return null
  if (Object.hasOwn(given.places, name)) return 'a tensor'
  return Object.hasOwn(given.values, name) ? describeValue(given.values[name]) : null
}
