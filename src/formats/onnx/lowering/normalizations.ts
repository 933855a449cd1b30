import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { Lower, OnnxLowering } from './onnx-lowering'
import { giveReshapedLike, reshapedLike } from './reshaped'

/** Momentum of a normalization where a file does not say it. */
const MOMENTUM = 0.9

/** Axes behind samples and channels. */
function places(rank: number): number[] {
  return Array.from({ length: Math.max(0, rank - 2) }, (_, at) => 2 + at)
}

function ones(count: number): number[] {
  return new Array<number>(count).fill(1)
}

function normalization(node: OnnxLowering): void {
  if (node.whole('spatial', 1) !== 1) throw new NoMeaning('spatial')
  if (node.whole('training_mode', 0) !== 0) {
    ofBatch(node)
    return
  }
  node.gives(1)
  const attributes = {
    axis: 1,
    epsilon: node.number('epsilon', 1e-5),
    momentum: node.number('momentum', MOMENTUM),
  }
  node.give('batchNormalization', attributes, node.every().slice(0, 5))
}

/** With the statistics of all samples that run together; beside it, what those of the file move to. */
function ofBatch(node: OnnxLowering): void {
  node.gives(3)
  const [x, scale, offset] = node.every()
  const rank = node.rank(0)
  const mean = { function: 'Mean' as const, axes: [0, ...places(rank)], keepDims: true }
  const means = node.step('reduce', mean, [x ?? ''])
  const apart = node.step('combine', { function: 'Sub' }, [x ?? '', means])
  const squares = node.step('unary', { function: 'Square' }, [apart])
  const variance = node.step('reduce', mean, [squares])
  const epsilon = node.number('epsilon', 1e-5)
  const steady = node.step('unary', { function: 'Affine', scale: 1, offset: epsilon }, [variance])
  const factor = node.step('unary', { function: 'Rsqrt' }, [steady])
  const normal = node.step('combine', { function: 'Mul' }, [apart, factor])
  const to = [-1, ...ones(rank - 2)]
  const [wide, up] = [scale, offset].map((value) => node.step('reshape', { to }, [value ?? '']))
  giveScaled(node, normal, wide ?? '', up ?? null)
  const momentum = node.number('momentum', MOMENTUM)
  for (const [at, found] of [means, variance].entries()) {
    if (!node.isAsked(at + 1)) continue
    const own = node.step('reshape', { to: [-1] }, [found])
    const [before, now] = [
      [node.input(at + 3), momentum] as const,
      [own, 1 - momentum] as const,
    ].map(([value, share]) =>
      node.step('unary', { function: 'Affine', scale: share, offset: 0 }, [value]),
    )
    node.giveAt(at + 1, 'combine', { function: 'Add' }, [before ?? '', now ?? ''])
  }
}

/** The last axes, from the one that the file says. */
function lastAxes(node: OnnxLowering): number[] {
  const rank = node.rank(0)
  const first = node.axis(node.whole('axis', -1), rank)
  return Array.from({ length: rank - first }, (_, at) => at - (rank - first))
}

function layerNormalization(node: OnnxLowering): void {
  const axes = lastAxes(node)
  const epsilon = node.number('epsilon', 1e-5)
  const sides = node.sides(0).slice(axes[0])
  const isOwn = (place: number): boolean =>
    !node.has(place) ||
    (node.rank(place) === axes.length &&
      node.sides(place).every((side, at) => side === sides[at] && typeof side === 'number'))
  const asksMore = node.isAsked(1) || node.isAsked(2)
  if (isOwn(1) && isOwn(2) && !asksMore) {
    const inputs = [node.input(0), node.input(1), node.optional(2)]
    node.give('layerNormalization', { axes, epsilon }, inputs)
    return
  }
  const normal = node.step('layerNormalization', { axes, epsilon }, [node.input(0)])
  giveScaled(node, normal, node.input(1), node.optional(2))
  if (asksMore) giveMoments(node, axes, epsilon)
}

/** What it gives beside: means, and what deviations are divided by, the other way round. */
function giveMoments(node: OnnxLowering, axes: readonly number[], epsilon: number): void {
  const mean = { function: 'Mean' as const, axes, keepDims: true }
  const means = node.step('reduce', mean, [node.input(0)])
  const apart = node.step('combine', { function: 'Sub' }, [node.input(0), means])
  const squares = node.step('unary', { function: 'Square' }, [apart])
  const variance = node.step('reduce', mean, [squares])
  const steady = node.step('unary', { function: 'Affine', scale: 1, offset: epsilon }, [variance])
  node.giveAt(1, 'reduce', mean, [node.input(0)])
  node.giveAt(2, 'unary', { function: 'Rsqrt' }, [steady])
}

/** Scale and offset stretch. */
function giveScaled(
  node: OnnxLowering,
  value: ValueName,
  scale: ValueName,
  offset: ValueName | null,
): void {
  if (offset === null) node.giveAt(0, 'combine', { function: 'Mul' }, [value, scale])
  else {
    const product = node.step('combine', { function: 'Mul' }, [value, scale])
    node.giveAt(0, 'combine', { function: 'Add' }, [product, offset])
  }
}

/** By the root of the mean of squares alone. */
function rootMeanSquare(node: OnnxLowering): void {
  const axes = lastAxes(node)
  const squares = node.step('unary', { function: 'Square' }, [node.input(0)])
  const mean = node.step('reduce', { function: 'Mean', axes, keepDims: true }, [squares])
  const epsilon = node.number('epsilon', 1e-5)
  const steady = node.step('unary', { function: 'Affine', scale: 1, offset: epsilon }, [mean])
  const factor = node.step('unary', { function: 'Rsqrt' }, [steady])
  const normal = node.step('combine', { function: 'Mul' }, [node.input(0), factor])
  giveScaled(node, normal, node.input(1), null)
}

/** Numbers of channels, or of groups, along the axis behind samples. */
function alongSecond(node: OnnxLowering, place: number, rank: number): ValueName {
  return node.step('reshape', { to: [-1, ...ones(rank - 2)] }, [node.input(place)])
}

/** Each channel of each sample by itself, then scaled by channels. */
function instanceNormalization(node: OnnxLowering): void {
  const rank = node.rank(0)
  if (rank < 3) throw new NoMeaning('rank', String(rank))
  const epsilon = node.number('epsilon', 1e-5)
  const normal = node.step('layerNormalization', { axes: places(rank), epsilon }, [node.input(0)])
  giveScaled(node, normal, alongSecond(node, 1, rank), alongSecond(node, 2, rank))
}

/** Channels of each group together, then scaled by channels; before version 21 by groups. */
function groupNormalization(node: OnnxLowering): void {
  const rank = node.rank(0)
  const groups = node.whole('num_groups')
  if (rank < 3 || groups < 1) throw new NoMeaning('num_groups', String(groups))
  const epsilon = node.number('epsilon', 1e-5)
  const grouped = node.step('reshape', { to: [0, groups, -1] }, [node.input(0)])
  const normal = node.step('layerNormalization', { axes: [-1], epsilon }, [grouped])
  if (node.version >= 21) {
    const back = reshapedLike(node, normal, node.input(0))
    giveScaled(node, back, alongSecond(node, 1, rank), alongSecond(node, 2, rank))
    return
  }
  const [scale, offset] = [alongSecond(node, 1, 3), alongSecond(node, 2, 3)]
  const product = node.step('combine', { function: 'Mul' }, [normal, scale])
  const sum = node.step('combine', { function: 'Add' }, [product, offset])
  giveReshapedLike(node, sum, node.input(0))
}

/** Where nothing deviates there is nothing. */
function meanVariance(node: OnnxLowering): void {
  const axes = node.wholes('axes', [0, 2, 3])
  node.give('layerNormalization', { axes, epsilon: 1e-18 }, [node.input(0)])
}

/** To unit length along one axis; what has no length stays nothing. */
function unitLength(node: OnnxLowering): void {
  const p = node.whole('p', 2)
  if (p !== 1 && p !== 2) throw new NoMeaning('p', String(p))
  const length = {
    ...{ function: p === 1 ? ('L1' as const) : ('L2' as const) },
    ...{ axes: [node.whole('axis', -1)], keepDims: true },
  }
  const norm = node.step('reduce', length, [node.input(0)])
  node.give('combine', { function: 'DivNoNan' }, [node.input(0), norm])
}

function localResponse(node: OnnxLowering): void {
  const size = node.whole('size')
  if (size < 1) throw new NoMeaning('size', String(size))
  const attributes = {
    ...{ axis: 1, size, alpha: node.number('alpha', 1e-4) },
    ...{ beta: node.number('beta', 0.75), bias: node.number('bias', 1) },
  }
  node.give('localResponseNormalization', attributes, [node.input(0)])
}

export const normalizations: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['BatchNormalization', normalization],
  ['LayerNormalization', layerNormalization],
  ['RMSNormalization', rootMeanSquare],
  ['InstanceNormalization', instanceNormalization],
  ['GroupNormalization', groupNormalization],
  ['MeanVarianceNormalization', meanVariance],
  ['LpNormalization', unitLength],
  ['LRN', localResponse],
])
