import type { Reducing } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { Lower, OnnxLowering } from './onnx-lowering'

function matrices(node: OnnxLowering): void {
  node.isReal(0)
  if (node.rank(0) < 2 || node.rank(1) < 2) throw new NoMeaning('rank')
  const attributes = { transposeA: false, transposeB: false }
  node.give('matMul', attributes, [node.input(0), node.input(1)])
}

/** alpha * A' * B' + beta * C */
function gemm(node: OnnxLowering): void {
  node.isReal(0)
  const [alpha, beta] = [node.number('alpha', 1), node.number('beta', 1)]
  const flags = {
    transposeA: node.whole('transA', 0) !== 0,
    transposeB: node.whole('transB', 0) !== 0,
  }
  const operands = [node.input(0), node.input(1)]
  const columns = node.side(1, flags.transposeB ? 0 : 1)
  const isPlain = alpha === 1 && beta === 1 && columns !== null
  if (!node.has(2) && alpha === 1) node.give('matMul', flags, operands)
  else if (isPlain && node.rank(2) === 1 && node.side(2, 0) === columns)
    node.give('matMul', flags, [...operands, node.input(2)])
  else {
    const product = scaled(node, node.step('matMul', flags, operands), alpha)
    if (node.has(2))
      node.give('combine', { function: 'Add' }, [product, scaled(node, node.input(2), beta)])
    else node.give('identity', {}, [product])
  }
}

function scaled(node: OnnxLowering, value: ValueName, scale: number): ValueName {
  if (scale === 1) return value
  return node.step('unary', { function: 'Affine', scale, offset: 0 }, [value])
}

function einsum(node: OnnxLowering): void {
  const equation = node.text('equation').replaceAll(' ', '')
  if (!/^[a-z]*(?:,[a-z]*)*->[a-z]*$/.test(equation)) throw new NoMeaning('equation')
  if (equation.split('->')[0]?.split(',').length !== node.inputs) throw new NoMeaning('equation')
  node.give('einsum', { equation }, node.every())
}

/** Axes of a reduction: null: all; an empty list: none, where the file says so. */
function axesOf(node: OnnxLowering, since: number): readonly number[] | null {
  if (node.version < since) return node.hasAttribute('axes') ? node.wholes('axes') : null
  const axes = node.has(1) ? node.numbers(1) : []
  if (axes.length > 0) return axes
  return node.whole('noop_with_empty_axes', 0) === 0 ? null : []
}

/** @param since the version from which axes are an input */
function reduced(kind: Reducing, since: number, before?: 'Square', after?: 'Log'): Lower {
  return (node) => {
    const axes = axesOf(node, since)
    // What is no sum, product or comparison is a real number.
    if (/^(?:Mean|L2|LogSumExp)$/.test(kind) || after !== undefined) node.isReal(0)
    if (axes?.length === 0) throw new NoMeaning('axes')
    const x = node.input(0)
    const from = before === undefined ? x : node.step('unary', { function: before }, [x])
    const attributes = { function: kind, axes, keepDims: node.whole('keepdims', 1) !== 0 }
    if (after === undefined) node.giveWrapped('reduce', attributes, [from])
    else node.give('unary', { function: after }, [node.step('reduce', attributes, [from])])
  }
}

function extreme(kind: 'ArgMax' | 'ArgMin'): Lower {
  return (node) => {
    if (node.whole('select_last_index', 0) !== 0) throw new NoMeaning('select_last_index')
    const attributes = {
      ...{ function: kind, axis: node.whole('axis', 0) },
      keepDims: node.whole('keepdims', 1) !== 0,
    }
    node.give('argExtreme', attributes, [node.input(0)])
  }
}

function largest(node: OnnxLowering): void {
  const count = node.version < 10 ? node.whole('k') : node.oneNumber(1)
  const axis = node.axis(node.whole('axis', -1), node.rank(0))
  const isOther = axis !== node.rank(0) - 1 || node.whole('largest', 1) !== 1
  if (isOther || count < 1) throw new NoMeaning('axis')
  node.give('topK', { count, sorted: node.whole('sorted', 1) !== 0 }, [node.input(0)], 2)
}

function cumulative(node: OnnxLowering): void {
  const attributes = {
    ...{ function: 'Sum' as const, axis: node.oneNumber(1) },
    exclusive: node.whole('exclusive', 0) !== 0,
    reverse: node.whole('reverse', 0) !== 0,
  }
  node.giveWrapped('cumulative', attributes, [node.input(0)])
}

export const products: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['MatMul', matrices],
  ['Gemm', gemm],
  ['Einsum', einsum],
  ['ReduceSum', reduced('Sum', 13)],
  ['ReduceMean', reduced('Mean', 18)],
  ['ReduceMax', reduced('Max', 18)],
  ['ReduceMin', reduced('Min', 18)],
  ['ReduceProd', reduced('Prod', 18)],
  ['ReduceL1', reduced('L1', 18)],
  ['ReduceL2', reduced('L2', 18)],
  ['ReduceLogSumExp', reduced('LogSumExp', 18)],
  ['ReduceSumSquare', reduced('Sum', 18, 'Square')],
  ['ReduceLogSum', reduced('Sum', 18, undefined, 'Log')],
  ['ArgMax', extreme('ArgMax')],
  ['ArgMin', extreme('ArgMin')],
  ['TopK', largest],
  ['CumSum', cumulative],
])
