import type { Layout, OpName } from '../operators'
import { lettersOf } from '../shapes/einsum-shape'
import { product, times } from '../sides/side'
import type { Side, Sides } from '../sides/side'
import { without } from '../sides/sides'
import { windowPlaces } from '../sides/window-places'
import { recurrentWork } from './recurrent-work'
import type { WorkRule } from './work-rule'

/** It moves, compares, looks up or adds. */
const none = (): number => 0

/** Combinations of all axes but channels. */
function positions(sides: Sides | undefined, spatial: number, layout: Layout): Side {
  const places = sides === undefined ? null : windowPlaces(sides.length, spatial, layout)
  return sides === undefined || places === null
    ? null
    : product(without(sides, new Set([places.channel])))
}

/** How often every element of a kernel is multiplied. */
const perOutput: WorkRule<'conv' | 'depthwiseConv'> = (
  { attributes: { strides, layout } },
  { inputs: [, kernel], outputs: [y] },
) => times(product(kernel), positions(y, strides.length, layout))

const perElement = (
  _node: unknown,
  { outputs: [y] }: { outputs: readonly (Sides | undefined)[] },
) => product(y)

/** Of one value alone nothing is multiplied. */
const einsumWork: WorkRule<'einsum'> = ({ attributes: { equation } }, { inputs }) => {
  const sides = lettersOf(equation, inputs)?.sides
  return inputs.length === 1 ? 0 : sides === undefined ? null : product([...sides.values()])
}

/** How much every operator multiplies and adds; `macsOf` says it in words. */
export const workRules: { readonly [Op in OpName]: WorkRule<Op> } = {
  conv: perOutput,
  depthwiseConv: perOutput,
  transposedConv: ({ attributes: { strides, layout } }, { inputs: [x, kernel] }) =>
    times(product(kernel), positions(x, strides.length, layout)),
  matMul: ({ attributes: { transposeA } }, { inputs: [a], outputs: [y] }) =>
    times(product(y), a?.at(transposeA && a.length > 1 ? -2 : -1)),
  dot: ({ attributes: { axisA } }, { inputs: [a], outputs: [y] }) =>
    times(product(y), a?.at(axisA)),
  batchNormalization: perElement,
  layerNormalization: perElement,
  localResponseNormalization: perElement,
  einsum: einsumWork,
  recurrent: recurrentWork,
  opaque: () => null,
  pool: none,
  reduce: none,
  unary: none,
  prelu: none,
  combine: none,
  softmax: none,
  identity: none,
  noise: none,
  concat: none,
  stack: none,
  split: none,
  reshape: none,
  squeeze: none,
  unsqueeze: none,
  transpose: none,
  pad: none,
  slice: none,
  gather: none,
  expand: none,
  tile: none,
  resize: none,
  depthToSpace: none,
  cast: none,
  where: none,
  shape: none,
  argExtreme: none,
  fill: none,
  range: none,
  topK: none,
  cumulative: none,
  oneHot: none,
  gatherND: none,
  scatter: none,
  nonMaxSuppression: none,
}
