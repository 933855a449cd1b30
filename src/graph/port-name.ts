import type { ModelGraph } from './graph'
import type { ValueName } from './values'

/** What people read: the layer that gives a value first, else the value without the count of its output. */
export function portName({ layers }: ModelGraph, value: ValueName): string {
  const owner = layers.find(({ outputs }) => outputs[0] === value)
  return owner?.name ?? value.replace(/:0$/, '')
}
