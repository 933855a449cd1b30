import type { OnnxNode } from '../onnx-model'
import { attentions } from './attention'
import { choices } from './choices'
import { contributed, onCodes } from './codes'
import { elementwise } from './elementwise'
import { gathering } from './gathering'
import { normalizations } from './normalizations'
import type { Lower } from './onnx-lowering'
import { products } from './products'
import { quantizing } from './quantizing'
import { recurrents } from './recurrent'
import { resizing } from './resizing'
import { sampling } from './sampling'
import { scattering } from './scattering'
import { shapes } from './shapes'
import { windows } from './windows'

/** How operators of ONNX are written in those of `src/graph`, by their names. */
const lowerings: ReadonlyMap<string, Lower> = new Map([
  ...elementwise,
  ...windows,
  ...normalizations,
  ...products,
  ...choices,
  ...shapes,
  ...gathering,
  ...resizing,
  ...sampling,
  ...scattering,
  ...attentions,
  ...quantizing,
  ...onCodes,
  ...recurrents,
])

/** Those that have a meaning here. */
export function knownOperators(): readonly string[] {
  return [...lowerings.keys()]
}

/** How an operator of ONNX, or of those that onnxruntime adds, is written; undefined: not at all. */
export function loweringOf({ domain, op }: OnnxNode): Lower | undefined {
  if (domain === '') return lowerings.get(op)
  return domain === 'com.microsoft' ? contributed.get(op) : undefined
}
