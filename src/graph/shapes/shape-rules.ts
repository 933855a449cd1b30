import type { OpName } from '../operators'
import { broadcastAll } from '../sides/sides'
import {
  concatShape,
  gatherNDShape,
  gatherShape,
  padShape,
  reducedSides,
  sliceShape,
  splitShape,
  squeezeShape,
  stackShape,
  topKShape,
  transposeShape,
  unsqueezeShape,
} from './axis-shapes'
import { einsumShape } from './einsum-shape'
import { dotShape, matMulShape } from './matrix-shapes'
import { recurrentShape } from './recurrent-shapes'
import type { ShapeFacts, ShapeRule } from './shape-rule'
import {
  expandShape,
  fillShape,
  rangeShape,
  reshapeShape,
  shapeShape,
  tileShape,
} from './sized-shapes'
import {
  convShape,
  depthToSpaceShape,
  depthwiseShape,
  poolShape,
  resizeShape,
  transposedShape,
} from './window-shapes'

/** What is worked on keeps its sides. */
const same = (_node: unknown, { inputs: [x] }: ShapeFacts) => [x ?? null]

/** Element by element, sides of one stretched. */
const stretched = (_node: unknown, { inputs }: ShapeFacts) => [broadcastAll(inputs)]

/** Which sides every operator gives, from those that it gets. */
export const shapeRules: { readonly [Op in OpName]: ShapeRule<Op> } = {
  conv: convShape,
  depthwiseConv: depthwiseShape,
  transposedConv: transposedShape,
  matMul: matMulShape,
  dot: dotShape,
  batchNormalization: same,
  layerNormalization: same,
  pool: poolShape,
  reduce: ({ attributes: { axes, keepDims } }, { inputs: [x] }) => [
    reducedSides(x, axes, keepDims),
  ],
  unary: same,
  prelu: same,
  combine: stretched,
  softmax: same,
  identity: same,
  noise: same,
  concat: concatShape,
  stack: stackShape,
  split: splitShape,
  reshape: reshapeShape,
  squeeze: squeezeShape,
  unsqueeze: unsqueezeShape,
  transpose: transposeShape,
  pad: padShape,
  slice: sliceShape,
  gather: gatherShape,
  expand: expandShape,
  tile: tileShape,
  resize: resizeShape,
  depthToSpace: depthToSpaceShape,
  cast: same,
  where: stretched,
  shape: shapeShape,
  argExtreme: ({ attributes: { axis, keepDims } }, { inputs: [x] }) => [
    reducedSides(x, [axis], keepDims),
  ],
  fill: fillShape,
  range: rangeShape,
  einsum: einsumShape,
  topK: topKShape,
  cumulative: same,
  oneHot: ({ attributes: { depth } }, { inputs: [x] }) => [x === undefined ? null : [...x, depth]],
  gatherND: gatherNDShape,
  scatter: same,
  nonMaxSuppression: () => [[null, 3]],
  localResponseNormalization: same,
  recurrent: recurrentShape,
  opaque: () => [],
}
