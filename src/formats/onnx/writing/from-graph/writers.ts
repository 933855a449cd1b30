import type { OpName } from '../../../../graph/operators'
import { combine, prelu, where } from './write-combining'
import { conv, depthwiseConv } from './write-convolutions'
import { applyFunction, softmax } from './write-functions'
import { batchNormalization, layerNormalization } from './write-normalizations'
import { pad } from './write-paddings'
import { pool } from './write-pools'
import { dot, einsum, matMul } from './write-products'
import { recurrent } from './write-recurrent'
import { argExtreme, cumulative, oneHot, reduce, topK } from './write-reductions'
import { depthToSpace, localResponseNormalization, resize } from './write-resizing'
import { gather, gatherND, nonMaxSuppression, scatter } from './write-places'
import { cast, concat, expand, fill, range, shape } from './write-shapes'
import { reshape, slice, split, squeeze, stack, tile, transpose, unsqueeze } from './write-shapes'
import { transposedConv } from './write-transposed'
import { input } from './writing'
import type { Write } from './writing'

/**
 * How every operator that runs is written in operators of ONNX. Windows stand over channels first: a pass before has
 * put them so.
 */
export const writers: { readonly [Op in Exclude<OpName, 'opaque'>]: Write<Op> } = {
  conv,
  depthwiseConv,
  transposedConv,
  matMul,
  dot,
  batchNormalization,
  layerNormalization,
  pool,
  reduce,
  unary: (writing) => applyFunction(writing.net, input(writing, 0), writing.node.attributes),
  prelu,
  combine,
  softmax: (writing) => {
    const { axis, log } = writing.node.attributes
    return softmax(writing.net, input(writing, 0), axis, log)
  },
  identity: (writing) => input(writing, 0),
  // What it hands on where nothing is trained.
  noise: (writing) => input(writing, 0),
  concat,
  stack,
  split,
  reshape,
  squeeze,
  unsqueeze,
  transpose,
  pad,
  slice,
  gather,
  expand,
  tile,
  resize,
  depthToSpace,
  cast,
  where,
  shape,
  argExtreme,
  fill,
  range,
  einsum,
  topK,
  cumulative,
  oneHot,
  gatherND,
  scatter,
  nonMaxSuppression,
  localResponseNormalization,
  recurrent,
}
