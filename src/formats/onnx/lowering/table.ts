import { elementwise } from './elementwise'
import type { Lower } from './onnx-lowering'
import { products } from './products'
import { shapes } from './shapes'
import { windows } from './windows'

/** How operators of ONNX are written in those of `src/graph`, by their names. */
export const lowerings: ReadonlyMap<string, Lower> = new Map([
  ...elementwise,
  ...windows,
  ...products,
  ...shapes,
])
