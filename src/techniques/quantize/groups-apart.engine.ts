import * as tf from '@tensorflow/tfjs'
import { groupCount, hasBlocks } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'

/** Axes of weights apart over which one group's weights lie. */
export const WITHIN_GROUP = [1, 3]

/** Shape of one number for each group, beside weights apart: [sets, 1, groups of a set, 1]. */
export function groupShape(groups: GroupLayout, size: number): [number, number, number, number] {
  return [groupCount(groups, size) / groups.count, 1, groups.count, 1]
}

/**
 * Weights with their groups apart, [sets, rows of a block, groups of a set, neighbours]. What is missing of the
 * last blocks of an axis is zero.
 */
export function apart(weights: tf.Tensor, groups: GroupLayout): tf.Tensor4D {
  const { count, inner, block, axis } = groups
  const [sets] = groupShape(groups, weights.size)
  const missing = missingRows(groups)
  if (missing === 0) return weights.reshape([sets, block, count, inner])
  const rounds = weights.size / (axis * count * inner)
  const rows = tf.reshape<tf.Rank.R3>(weights, [rounds, axis, count * inner])
  const filled = tf.pad3d(rows, [
    [0, 0],
    [0, missing],
    [0, 0],
  ])
  return tf.reshape<tf.Rank.R4>(filled, [sets, block, count, inner])
}

/** The same weights in their own shape again. */
export function together(
  weights: tf.Tensor,
  groups: GroupLayout,
  shape: readonly number[],
): tf.Tensor {
  const { count, inner, axis } = groups
  const missing = missingRows(groups)
  if (missing === 0) return weights.reshape([...shape])
  const rows = axis + missing
  const rounds = weights.size / (rows * count * inner)
  return tf
    .reshape<tf.Rank.R3>(weights, [rounds, rows, count * inner])
    .slice([0, 0, 0], [rounds, axis, count * inner])
    .reshape([...shape])
}

/** 1 where a weight is, 0 where a short block was filled up; null where none was. */
export function present(groups: GroupLayout, size: number): tf.Tensor4D | null {
  return missingRows(groups) === 0 ? null : apart(tf.ones([size]), groups)
}

function missingRows(groups: GroupLayout): number {
  const { block, axis } = groups
  return hasBlocks(groups) ? Math.ceil(axis / block) * block - axis : 0
}
