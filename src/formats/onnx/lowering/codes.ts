import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { OnnxAttribute } from '../onnx-model'
import { SCALE } from '../scales-of-products'
import { elementwise } from './elementwise'
import type { Lower, OnnxLowering } from './onnx-lowering'
import { products } from './products'
import { quantizing } from './quantizing'
import { gathering } from './gathering'
import { shapes } from './shapes'
import { windows } from './windows'

/** All that operators on codes say by others. */
const plain: ReadonlyMap<string, Lower> = new Map([
  ...elementwise,
  ...windows,
  ...products,
  ...shapes,
  ...gathering,
  ...quantizing,
])

/** Products of whole numbers below it are whole numbers of float32. */
const MOST = 2 ** 24

function rule(op: string): Lower {
  const found = plain.get(op)
  if (found === undefined) throw new NoMeaning(op)
  return found
}

function settings(entries: Readonly<Record<string, number | readonly number[]>>) {
  return new Map(
    Object.entries(entries).map(([name, value]): [string, OnnxAttribute] => [
      name,
      typeof value === 'number' ? { kind: 'whole', value } : { kind: 'wholes', value },
    ]),
  )
}

/** Codes as the real numbers that they stand for; a weight is such already. */
function real(
  node: OnnxLowering,
  [x, scale, zero]: readonly [number, number, number],
  axis = -1,
): ValueName {
  if (node.isWeight(x)) return node.input(x)
  const inputs = [node.input(x), node.optional(scale), node.optional(zero)]
  return node.part(rule('DequantizeLinear'), inputs, settings({ axis }))[0] ?? ''
}

/** Gives a value as codes. */
function coded(node: OnnxLowering, value: ValueName, scale: number, zero: number): void {
  const inputs = [value, node.input(scale), node.optional(zero)]
  node.last(rule('QuantizeLinear'), inputs, settings({}))
}

function part(node: OnnxLowering, op: string, inputs: readonly (ValueName | null)[]): ValueName {
  return node.part(rule(op), inputs)[0] ?? ''
}

/** A bias of whole numbers, each of which is a step of the product. */
function bias(
  node: OnnxLowering,
  place: number,
  scales: readonly [number, number],
): ValueName | null {
  if (!node.has(place) || node.isWeight(place)) return node.optional(place)
  const step = node.step(
    'combine',
    { function: 'Mul' },
    scales.map((at) => node.input(at)),
  )
  const real = node.step('cast', { to: 'float32' }, [node.input(place)])
  return node.step('combine', { function: 'Mul' }, [real, step])
}

function convolvedCodes(node: OnnxLowering): void {
  const inputs = [real(node, [0, 1, 2]), real(node, [3, 4, 5], 0), bias(node, 8, [1, 4])]
  coded(node, part(node, 'Conv', inputs), 6, 7)
}

function multipliedCodes(node: OnnxLowering): void {
  coded(node, part(node, 'MatMul', [real(node, [0, 1, 2]), real(node, [3, 4, 5])]), 6, 7)
}

/** Products of codes without what these stand for. */
function ofWholes(op: 'Conv' | 'MatMul', depth: (node: OnnxLowering) => number): Lower {
  return (node) => {
    // With a scale the weight is one of real numbers, and so is the product.
    if (node.isOfWholes && depth(node) * largest(node, 0, 2) * largest(node, 1, 3) >= MOST)
      throw new NoMeaning('sum')
    const rows = op === 'MatMul' && node.has(2) && node.rank(2) === 1 ? -2 : -1
    const kernel = real(node, [1, SCALE, 3], op === 'Conv' ? 0 : -1)
    node.last(rule(op), [real(node, [0, -1, 2], rows), kernel])
  }
}

/** The largest difference of a code and its zero point. */
function largest(node: OnnxLowering, codes: number, zero: number): number {
  const isEven =
    (!node.has(zero) && !node.isWeight(codes)) ||
    node.said(zero)?.every((number) => number === 0) === true
  return node.typeOfCodes(codes) === 'I8' && isEven ? 128 : 255
}

/** How many products a place of a convolution sums. */
function depthOfKernel(node: OnnxLowering): number {
  return node
    .sides(1)
    .slice(1)
    .reduce<number>((all, side) => all * known(side), 1)
}

function depthOfMatrix(node: OnnxLowering): number {
  return known(node.sides(0).at(-1))
}

function known(side: unknown): number {
  if (typeof side !== 'number') throw new NoMeaning('shape')
  return side
}

function scaledProduct(node: OnnxLowering): void {
  const product = [real(node, [0, 2, 4]), real(node, [1, 3, 5])]
  biased(node, product, 6)
}

function dynamicProduct(node: OnnxLowering): void {
  const names = ['codes', 'scale', 'zero'].map((name) => node.fresh(name))
  const codes = node.part(rule('DynamicQuantizeLinear'), [node.input(0)], null, names)
  const [a = ''] = node.part(rule('DequantizeLinear'), codes, settings({}))
  biased(node, [a, real(node, [1, 2, 3])], 4)
}

/** Gives the product of two matrices, with a bias where there is one. */
function biased(node: OnnxLowering, product: readonly ValueName[], place: number): void {
  if (node.has(place))
    node.last(rule('Add'), [part(node, 'MatMul', product), node.input(place)], settings({}))
  else node.last(rule('MatMul'), product)
}

/** Its matrix is one of real numbers by now, its rows those of the file. */
function productOfBits(node: OnnxLowering): void {
  if (!node.isWeight(1)) throw new NoMeaning('B')
  const perm = settings({ perm: [1, 0] })
  const [matrix = ''] = node.part(rule('Transpose'), [node.input(1)], perm)
  biased(node, [node.input(0), matrix], 5)
}

function gemmOfCodes(node: OnnxLowering): void {
  const isTurned = node.whole('transB', 0) !== 0
  if (node.number('alpha', 1) !== 1) throw new NoMeaning('alpha')
  const inputs = [
    real(node, [0, 1, 2]),
    real(node, [3, 4, 5], isTurned ? 0 : -1),
    bias(node, 6, [1, 4]),
  ]
  if (node.has(7)) coded(node, part(node, 'Gemm', inputs), 7, 8)
  else node.last(rule('Gemm'), inputs)
}

/** Its table is one of real numbers by now. */
function rowsOfTable(node: OnnxLowering): void {
  if (!node.isWeight(0)) throw new NoMeaning('data')
  const axis = node.whole('gather_axis', 0)
  node.last(rule('Gather'), [node.input(0), node.input(1)], settings({ axis }))
}

/** Of one value; behind it stand its scale and zero point, then those of what is given. */
function ofOne(op: string): Lower {
  return (node) => {
    if (node.whole('channels_last', 0) !== 0) throw new NoMeaning('channels_last')
    coded(node, part(node, op, [real(node, [0, 1, 2])]), 3, 4)
  }
}

function ofTwo(op: string): Lower {
  return (node) => {
    coded(node, part(node, op, [real(node, [0, 1, 2]), real(node, [3, 4, 5])]), 6, 7)
  }
}

/** Scale and zero point of what is given stand first. */
function joined(node: OnnxLowering): void {
  const values: ValueName[] = []
  for (let at = 2; at < node.inputs; at += 3) values.push(real(node, [at, at + 1, at + 2]))
  coded(node, part(node, 'Concat', values), 0, 1)
}

function chosen(node: OnnxLowering): void {
  const inputs = [node.input(0), real(node, [1, 2, 3]), real(node, [4, 5, 6])]
  coded(node, part(node, 'Where', inputs), 7, 8)
}

/** Operators of ONNX on codes. */
export const onCodes = new Map<string, Lower>([
  ['QLinearConv', convolvedCodes],
  ['QLinearMatMul', multipliedCodes],
  ['ConvInteger', ofWholes('Conv', depthOfKernel)],
  ['MatMulInteger', ofWholes('MatMul', depthOfMatrix)],
])

/** Those that onnxruntime adds, as its quantizers write them. */
export const contributed: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ...onCodes,
  ...quantizing,
  ['QGemm', gemmOfCodes],
  ['QLinearAdd', ofTwo('Add')],
  ['QLinearMul', ofTwo('Mul')],
  ['QLinearSigmoid', ofOne('Sigmoid')],
  ['QLinearLeakyRelu', ofOne('LeakyRelu')],
  ['QLinearSoftmax', ofOne('Softmax')],
  ['QLinearAveragePool', ofOne('AveragePool')],
  ['QLinearGlobalAveragePool', ofOne('GlobalAveragePool')],
  ['QLinearConcat', joined],
  ['QLinearWhere', chosen],
  ['MatMulIntegerToFloat', scaledProduct],
  ['DynamicQuantizeMatMul', dynamicProduct],
  ['MatMulNBits', productOfBits],
  ['GatherBlockQuantized', rowsOfTable],
])
