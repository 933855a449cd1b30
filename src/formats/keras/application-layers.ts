import type { Json } from '../../files/read-json'

/** Layers that published models of Keras define for themselves: ConvNeXt, and Inception-ResNet. */
const names: ReadonlySet<string> = new Set(['LayerScale', 'StochasticDepth', 'CustomScaleLayer'])

/** Before the name of each, since somebody's own class may well be called alike and compute something else. */
const prefix = 'keras.applications.'

/**
 * @param module where a file says that the class is defined
 * @returns what such a layer is called here; null for a class of anybody else
 */
export function applicationLayer(module: Json | undefined, className: string): string | null {
  const isOfKeras =
    typeof module === 'string' && /^(?:tf_)?keras\.(?:src\.)?applications\./.test(module)
  return isOfKeras && names.has(className) ? `${prefix}${className}` : null
}

export function isApplicationLayer(className: string): boolean {
  return className.startsWith(prefix)
}
