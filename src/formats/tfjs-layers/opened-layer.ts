import type { OpenedLayer } from '../format'
import type { FlatLayer } from './flatten-layers'

/** A layer as everybody else knows it. */
export function openedLayer(layer: FlatLayer): OpenedLayer {
  const { name, className, kind, config, inputs, calls, slots } = layer
  return {
    name,
    className,
    kind,
    weightNames: slots.map((slot) => slot.fullName),
    config,
    inputs,
    calls,
  }
}
