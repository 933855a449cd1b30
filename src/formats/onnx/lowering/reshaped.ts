import { isOpen, isSame } from '../../../graph/sides/side'
import type { ValueName } from '../../../graph/values'
import type { OnnxLowering } from './onnx-lowering'

/** A value with the sides of another one, which has as many elements. */
export function reshapedLike(node: OnnxLowering, value: ValueName, like: ValueName): ValueName {
  const { to, inputs } = sidesLike(node, value, like)
  return node.step('reshape', { to }, inputs)
}

/** As `reshapedLike`, for what the node of the file gives. */
export function giveReshapedLike(node: OnnxLowering, value: ValueName, like: ValueName): void {
  const { to, inputs } = sidesLike(node, value, like)
  node.give('reshape', { to }, inputs)
}

function sidesLike(node: OnnxLowering, value: ValueName, like: ValueName) {
  const [own, sides] = [node.sidesOf(value), node.sidesOf(like)]
  const to = sides.map((side, axis) => {
    if (typeof side === 'number') return side
    return axis === 0 && isOpen(side) && isSame(side, own[0]) ? 0 : -1
  })
  if (to.filter((side) => side === -1).length <= 1) return { to, inputs: [value] }
  return { to: null, inputs: [value, node.step('shape', {}, [like])] }
}
