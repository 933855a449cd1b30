import type { OpAttributes } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { codeRange, codeType } from '../code-types'
import type { OnnxType } from '../onnx-model'
import { typeOf } from '../read-tensor'
import type { Lower, OnnxLowering } from './onnx-lowering'

/**
 * Codes are real numbers without a fraction in the graph: all of 16 bits are float32, and kernels for whole numbers differ
 * from backend to backend.
 */
const floats = { to: 'float32' } as const

/** Scales or zero points in the shape in which they meet what they belong to, as real numbers. */
function besides(node: OnnxLowering, place: number): ValueName {
  const said = node.said(place)
  const sides = node.sides(place).map((side) => {
    if (typeof side !== 'number') throw new NoMeaning('shape')
    return side
  })
  const real =
    said !== null
      ? node.constant(said, sides, 'float32')
      : node.typeOfCodes(place) === 'F32' || node.isWeight(place)
        ? node.input(place)
        : node.step('cast', floats, [node.input(place)])
  const block = node.whole('block_size', 0)
  if (block > 0) return inBlocks(node, real, sides, block)
  const count = sides.reduce((product, side) => product * side, 1)
  if (count === 1 || sides.length !== 1) return real
  const rank = node.rank(0)
  const axis = node.axis(node.whole('axis', 1), rank)
  if ((node.side(0, axis) ?? count) !== count) throw new NoMeaning('shape')
  if (axis === rank - 1) return real
  return node.step('reshape', { to: [count, ...Array<number>(rank - 1 - axis).fill(1)] }, [real])
}

/** Each as often as its block has places. */
function inBlocks(
  node: OnnxLowering,
  real: ValueName,
  sides: readonly number[],
  block: number,
): ValueName {
  const axis = node.axis(node.whole('axis', 1), node.rank(0))
  const side = node.side(0, axis)
  const [blocks = 0] = sides.slice(axis)
  if (side === null || Math.ceil(side / block) !== blocks) throw new NoMeaning('block_size')
  const [before, after] = [sides.slice(0, axis), sides.slice(axis + 1)]
  const apart = node.step('unsqueeze', { axes: [axis + 1] }, [real])
  const repeats = [...sides.map(() => 1), 1].with(axis + 1, block)
  const often = node.step('tile', { repeats }, [apart])
  const whole = node.step('reshape', { to: [...before, blocks * block, ...after] }, [often])
  if (blocks * block === side) return whole
  const part = { axes: [axis], starts: [0], ends: [side], steps: [1], squeezed: [] }
  return node.step('slice', part, [whole])
}

function isNothing(node: OnnxLowering, place: number): boolean {
  return !node.has(place) || node.said(place)?.every((number) => number === 0) === true
}

/** (x - zero point) * scale; no scale is one. */
function dequantize(node: OnnxLowering): void {
  const type = node.typeOfCodes(0)
  const isKnown = type === null || type === 'F32' || type === 'I32' || codeType(type) !== null
  if (!isKnown) throw new NoMeaning('type', type)
  const x = node.step('cast', floats, [node.input(0)])
  const hasScale = node.has(1)
  if (isNothing(node, 2)) {
    if (hasScale) node.give('combine', { function: 'Mul' }, [x, besides(node, 1)])
    else node.give('identity', {}, [x])
    return
  }
  const inputs = [x, besides(node, 2)]
  if (!hasScale) {
    node.give('combine', { function: 'Sub' }, inputs)
    return
  }
  const centred = node.step('combine', { function: 'Sub' }, inputs)
  node.give('combine', { function: 'Mul' }, [centred, besides(node, 1)])
}

/** The type of codes that a quantizer gives. */
function typeGiven(node: OnnxLowering): OnnxType {
  const said = node.whole('output_dtype', 0)
  if (said !== 0) return typeOf(said) ?? 'STRING'
  return node.has(2) ? (node.typeOfCodes(2) ?? 'STRING') : 'U8'
}

function clipTo(type: OnnxType): OpAttributes['unary'] {
  const known = codeType(type)
  if (known === null) throw new NoMeaning('type')
  const [least, most] = codeRange(known)
  return { function: 'Clip', least, most }
}

/** saturate(round(x / scale) + zero point); halves are rounded to even, and gradients pass as if they were not. */
function quantize(node: OnnxLowering): void {
  const type = typeGiven(node)
  const clip = clipTo(type)
  if (![0, 1].includes(node.whole('precision', 0))) throw new NoMeaning('precision')
  const x = node.step('combine', { function: 'Div' }, [node.input(0), besides(node, 1)])
  const rounded = node.step('unary', { function: 'Rounded', to: 'whole' }, [x])
  const moved = isNothing(node, 2)
    ? rounded
    : node.step('combine', { function: 'Add' }, [rounded, besides(node, 2)])
  node.give('unary', clip, [moved])
  node.givesReal(type)
}

/** Bytes between the least and the largest of all that comes, nothing among them. */
function quantizeDynamically(node: OnnxLowering): void {
  const nothing = node.constant([0], [], 'float32')
  const bound = (name: 'Max' | 'Min'): ValueName => {
    const found = node.step('reduce', { function: name, axes: null, keepDims: false }, [
      node.input(0),
    ])
    return node.step('combine', { function: name }, [found, nothing])
  }
  const [most, least] = [bound('Max'), bound('Min')]
  const width = node.step('combine', { function: 'Sub' }, [most, least])
  const levels = node.constant([255], [], 'float32')
  const step = node.step('combine', { function: 'Div' }, [width, levels])
  // Where all is nothing a step is one.
  const isNone = node.step('combine', { function: 'Equal' }, [step, nothing])
  const one = node.step('cast', floats, [isNone])
  const scale = node.stepAt(1, 'combine', { function: 'Add' }, [step, one])
  const clip = clipTo('U8')
  const start = node.step('combine', { function: 'Div' }, [least, scale])
  const within = node.step('unary', clip, [node.step('unary', { function: 'Neg' }, [start])])
  const zero = node.stepAt(2, 'unary', { function: 'Rounded', to: 'whole' }, [within])
  const steps = node.step('combine', { function: 'Div' }, [node.input(0), scale])
  const rounded = node.step('unary', { function: 'Rounded', to: 'whole' }, [steps])
  const moved = node.step('combine', { function: 'Add' }, [rounded, zero])
  node.stepAt(0, 'unary', clip, [moved])
  node.givesReal('U8', 0)
  node.givesReal(null, 1)
  node.givesReal('U8', 2)
}

export const quantizing = new Map<string, Lower>([
  ['QuantizeLinear', quantize],
  ['DequantizeLinear', dequantize],
  ['DynamicQuantizeLinear', quantizeDynamically],
])
