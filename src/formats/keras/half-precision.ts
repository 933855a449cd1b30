import type { ModelNote } from '../../core/model-summary'
import type { Json, JsonObject } from '../../files/read-json'
import { isObject } from '../tfjs-files/config-reader'
import { everyLayer, layersOf } from './config-layers'
import type { ConfigLayer } from './config-layers'

/** Types of 16 bits; each rounds a number to within one part in so many. */
const types = { float16: 2048, bfloat16: 256 } as const

type HalfType = keyof typeof types

/** Layers that Keras computes in 16 bits and this page in 32: a note for each type. */
export function halfPrecision(config: JsonObject): ModelNote[] {
  const counts = new Map<HalfType, number>()
  for (const [, layer] of everyLayer(layersOf(config))) {
    const type =
      layer.layers === null && layer.className !== 'InputLayer' ? computedIn(layer) : null
    if (type !== null) counts.set(type, 1 + (counts.get(type) ?? 0))
  }
  return [...counts].map(([type, count]) => ({
    code: 'note/half-precision',
    params: { count, type, parts: types[type] },
  }))
}

function computedIn({ config, wrapped }: ConfigLayer): HalfType | null {
  return halfOf(config['dtype']) ?? (wrapped === null ? null : computedIn(wrapped))
}

/** A type or a policy: `mixed_float16` computes in float16 and keeps its weights in float32. */
function halfOf(told: Json | undefined): HalfType | null {
  const own = isObject(told) && isObject(told['config']) ? told['config']['name'] : told
  const name = typeof own === 'string' ? own.replace('mixed_', '') : ''
  return name === 'float16' || name === 'bfloat16' ? name : null
}
