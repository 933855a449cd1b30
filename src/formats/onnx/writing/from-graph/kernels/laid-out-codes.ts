import type { AffineTensor, CodebookTensor } from '../../../../../core/encoded-tensor'
import { groupCount, hasBlocks } from '../../../../../core/group-layout'
import type { GroupLayout } from '../../../../../core/group-layout'
import { elementCount } from '../../../../../core/tensor-spec'
import type { TensorSpec } from '../../../../../core/tensor-spec'

/**
 * The same weights with their axes in another order: axis `at` is axis `perm[at]` of before.
 * @param spec of the weights as they are to lie
 * @returns null where groups lie otherwise than along axes
 */
export function laidOut<Tensor extends AffineTensor | CodebookTensor>(
  tensor: Tensor,
  perm: readonly number[],
  spec: TensorSpec,
): Tensor | null {
  const { shape } = tensor.spec
  const turned = turnedGroups(tensor.groups, shape, perm)
  if (turned === null) return null
  const codes = permuted(tensor.codes, shape, perm)
  const common = { spec, codes, groups: turned.groups }
  const order = turned.order
  if (tensor.kind === 'codebook') {
    const table = 2 ** tensor.bits
    const { levels } = tensor
    const own =
      order === null
        ? levels
        : levels.map(
            (_, at) => levels[(order[Math.floor(at / table)] ?? 0) * table + (at % table)] ?? 0,
          )
    return { ...tensor, ...common, levels: own }
  }
  const { mask, scale, zeroPoint } = tensor
  return {
    ...tensor,
    ...common,
    mask: mask === null ? null : permuted(mask, shape, perm),
    scale: order === null ? scale : scale.map((_, at) => scale[order[at] ?? 0] ?? 0),
    zeroPoint:
      order === null ? zeroPoint : zeroPoint.map((_, at) => zeroPoint[order[at] ?? 0] ?? 0),
  }
}

interface TurnedGroups {
  readonly groups: GroupLayout
  /** Which group of before each is; null: all stay in their order. */
  readonly order: Int32Array | null
}

function turnedGroups(
  groups: GroupLayout,
  shape: readonly number[],
  perm: readonly number[],
): TurnedGroups | null {
  const length = elementCount(shape)
  if (groupCount(groups, length) === 1) return { groups, order: null }
  const to = perm.map((axis) => shape[axis] ?? 1)
  if (!hasBlocks(groups)) return turnedChannels(groups, shape, perm)
  const axis = shape.findLastIndex(
    (side, at) => side === groups.axis && elementCount(shape.slice(at + 1)) === groups.count,
  )
  if (axis < 0 || groups.inner !== 1) return null
  const place = perm.indexOf(axis)
  const { block } = groups
  const ofGroups = shape.with(axis, Math.ceil(groups.axis / block))
  const order = permuted(
    Int32Array.from({ length: elementCount(ofGroups) }, (_, at) => at),
    ofGroups,
    perm,
  )
  return {
    groups: { count: elementCount(to.slice(place + 1)), inner: 1, block, axis: groups.axis },
    order,
  }
}

/** A group for each place along neighbouring axes, which have to stay neighbours. */
function turnedChannels(
  { count, inner }: GroupLayout,
  shape: readonly number[],
  perm: readonly number[],
): TurnedGroups | null {
  const last = shape.findLastIndex((_, at) => elementCount(shape.slice(at + 1)) === inner)
  const first = shape.findLastIndex(
    (_, at) => at <= last && elementCount(shape.slice(at, last + 1)) === count,
  )
  if (last < 0 || first < 0) return null
  const axes = perm.filter((axis) => axis >= first && axis <= last && (shape[axis] ?? 1) > 1)
  const isInOrder = axes.every((axis, at) => at === 0 || axis > (axes[at - 1] ?? axis))
  const places = axes.map((axis) => perm.indexOf(axis))
  const [begin = 0, end = 0] = [places[0], places.at(-1)]
  const between = perm.slice(begin, end + 1).filter((axis) => axis < first || axis > last)
  if (!isInOrder || between.some((axis) => (shape[axis] ?? 1) > 1)) return null
  const own = elementCount(perm.slice(end + 1).map((axis) => shape[axis] ?? 1))
  const rows = elementCount(shape) / (count * own)
  return { groups: { count, inner: own, block: rows, axis: rows }, order: null }
}

/** Elements of an array with its axes in another order. */
function permuted<Elements extends Uint8Array | Uint16Array | Int32Array>(
  values: Elements,
  shape: readonly number[],
  perm: readonly number[],
): Elements {
  const sides = perm.map((axis) => shape[axis] ?? 1)
  const steps = perm.map((axis) => elementCount(shape.slice(axis + 1)))
  const out = values.slice() as Elements
  const places = new Int32Array(sides.length)
  for (let at = 0, from = 0; at < out.length; at++) {
    out[at] = values[from] ?? 0
    for (let axis = sides.length - 1; axis >= 0; axis--) {
      const step = steps[axis] ?? 0
      const place = (places[axis] ?? 0) + 1
      from += step
      if (place < (sides[axis] ?? 1)) {
        places[axis] = place
        break
      }
      from -= step * place
      places[axis] = 0
    }
  }
  return out
}
