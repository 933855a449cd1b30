import { choices } from './choices'
import { elementwise } from './elementwise'
import { normalizations } from './normalizations'
import type { Lower } from './onnx-lowering'
import { products } from './products'
import { recurrents } from './recurrent'
import { resizing } from './resizing'
import { shapes } from './shapes'
import { windows } from './windows'

/** How operators of ONNX are written in those of `src/graph`, by their names. */
export const lowerings: ReadonlyMap<string, Lower> = new Map([
  ...elementwise,
  ...windows,
  ...normalizations,
  ...products,
  ...choices,
  ...shapes,
  ...resizing,
  ...recurrents,
])
