import type { Reducing } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { Lower, OnnxLowering } from './onnx-lowering'

/** The second matrix, as it lies where the file only turns it. */
function matrixOf(node: OnnxLowering): { readonly name: ValueName; readonly isTurned: boolean } {
  const { name, axes } = node.turnedWeight(1)
  const isTurned = axes.join() === '1,0'
  return { name: isTurned ? name : node.input(1), isTurned }
}

function matrices(node: OnnxLowering): void {
  node.isReal(0)
  const attributes = { transposeA: false, transposeB: false }
  // A vector is a row in front and a column behind, of which nothing is left.
  const [isRow, isColumn] = [node.rank(0) === 1, node.rank(1) === 1]
  if (!isRow && !isColumn) {
    const { name, isTurned } = matrixOf(node)
    node.give('matMul', { ...attributes, transposeB: isTurned }, [node.input(0), name])
    return
  }
  const a = isRow ? node.step('unsqueeze', { axes: [0] }, [node.input(0)]) : node.input(0)
  const b = isColumn ? node.step('unsqueeze', { axes: [1] }, [node.input(1)]) : node.input(1)
  const axes = [...(isRow ? [-2] : []), ...(isColumn ? [-1] : [])]
  node.give('squeeze', { axes }, [node.step('matMul', attributes, [a, b])])
}

/** alpha * A' * B' + beta * C */
function gemm(node: OnnxLowering): void {
  node.isReal(0)
  const matrix = matrixOf(node)
  const [alpha, beta] = [node.number('alpha', 1), node.number('beta', 1)]
  const flags = {
    transposeA: node.whole('transA', 0) !== 0,
    transposeB: (node.whole('transB', 0) !== 0) !== matrix.isTurned,
  }
  const operands = [node.input(0), matrix.name]
  const columns = node.side(1, node.whole('transB', 0) !== 0 ? 0 : 1)
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

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Dots stand for further axes, aligned from the last; what is made is all that is there once where nothing says it. */
function inLetters(equation: string, ranks: readonly number[]): string | null {
  const [read = '', said] = equation.split('->')
  const terms = read.split(',')
  const isPlain = /^[a-zA-Z.]*(?:,[a-zA-Z.]*)*(?:->[a-zA-Z.]*)?$/.test(equation)
  if (!isPlain || terms.length !== ranks.length) return null
  const own = terms.map((term) => term.replace('...', '').length)
  const most = Math.max(
    0,
    ...terms.map((term, at) => (term.includes('...') ? (ranks[at] ?? 0) - (own[at] ?? 0) : 0)),
  )
  const free = LETTERS.split('')
    .filter((letter) => !equation.includes(letter))
    .slice(0, most)
    .join('')
  const plain = terms.map((term, at) =>
    term.replace('...', free.slice(most - (ranks[at] ?? 0) + (own[at] ?? 0))),
  )
  const once = [...new Set(read.replace(/[.,]/g, ''))].filter(
    (letter) => read.split(letter).length === 2,
  )
  const made = said === undefined ? free + once.toSorted().join('') : said.replace('...', free)
  const isWhole = plain.every((term, at) => term.length === ranks[at] && !term.includes('.'))
  return isWhole && free.length === most && !made.includes('.') ? `${plain.join()}->${made}` : null
}

function einsum(node: OnnxLowering): void {
  const said = node.text('equation').replaceAll(' ', '')
  const ranks = Array.from({ length: node.inputs }, (_, place) => node.rank(place))
  const equation = inLetters(said, ranks)
  if (equation === null) throw new NoMeaning('equation', said)
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
    const x = node.input(0)
    if (axes?.length === 0) {
      giveEach(node, x, kind, before, after)
      return
    }
    const from = before === undefined ? x : node.step('unary', { function: before }, [x])
    const attributes = { function: kind, axes, keepDims: node.whole('keepdims', 1) !== 0 }
    if (after === undefined) node.giveWrapped('reduce', attributes, [from])
    else node.give('unary', { function: after }, [node.step('reduce', attributes, [from])])
  }
}

/** Over no axis at all every number is by itself. */
function giveEach(
  node: OnnxLowering,
  x: ValueName,
  kind: Reducing,
  before?: 'Square',
  after?: 'Log',
): void {
  const size = kind === 'L1' || kind === 'L2' ? 'Abs' : null
  const name = before ?? after ?? size
  if (name === null) node.give('identity', {}, [x])
  else node.give('unary', { function: name }, [x])
}

function cumulative(kind: 'Sum' | 'Prod'): Lower {
  return (node) => {
    const attributes = {
      ...{ function: kind, axis: node.oneNumber(1) },
      exclusive: node.whole('exclusive', 0) !== 0,
      reverse: node.whole('reverse', 0) !== 0,
    }
    node.giveWrapped('cumulative', attributes, [node.input(0)])
  }
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
  ['CumSum', cumulative('Sum')],
  ['CumProd', cumulative('Prod')],
])
