import type { OpName } from '../../../graph/operators'
import { combine, prelu, where } from './combining'
import { conv, depthwiseConv } from './convolutions'
import { applied, softmax } from './functions'
import { given } from './kernel'
import type { Kernel } from './kernel'
import { dot, einsum, matMul } from './matrices'
import { noise } from './noise'
import { batchNormalization, layerNormalization } from './normalizations'
import { gather, gatherND, pad, slice } from './places'
import { nonMaxSuppression } from './non-max-suppression'
import { pool } from './pools'
import { recurrent } from './recurrent'
import { argExtreme, cumulative, reduce, topK } from './reductions'
import { depthToSpace, localResponseNormalization, resize } from './resizing'
import { scatter } from './scatter'
import { cast, concat, expand, fill, oneHot, range, reshape, shape } from './shapes'
import { split, squeeze, stack, tile, transpose, unsqueeze } from './shapes'
import { transposedConv } from './transposed-convolution'

/**
 * What TensorFlow.js computes for every operator. Windows stand over channels last and read kernels in the order
 * [...places, in, out]: passes before have put them so. In training each has a gradient, its own or that of what it is
 * composed of. What gives truths, indices or whole numbers has none: the tape goes no further there (`recordOnlyBehind`).
 */
export const kernels: { readonly [Op in Exclude<OpName, 'opaque'>]: Kernel<Op> } = {
  conv,
  depthwiseConv,
  transposedConv,
  matMul,
  dot,
  batchNormalization,
  layerNormalization,
  pool,
  reduce,
  unary: (call) => applied(given(call, 0), call.node.attributes),
  prelu,
  combine,
  softmax: (call) => softmax(given(call, 0), call.node.attributes.axis, call.node.attributes.log),
  identity: (call) => given(call, 0),
  noise,
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
