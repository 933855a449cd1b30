import type { OnnxAttribute, OnnxNode } from './onnx-model'

/** An operator on codes, as the one on real numbers that it means, and which of its inputs are inputs of that. */
interface PlainOperator {
  readonly op: string
  readonly places: Readonly<Partial<Record<number, number>>>
  readonly attributes?: ReadonlyMap<string, OnnxAttribute>
}

const turned: ReadonlyMap<string, OnnxAttribute> = new Map([
  ['transB', { kind: 'whole', value: 1 }],
])

const plain: ReadonlyMap<string, PlainOperator> = new Map<string, PlainOperator>([
  ['QLinearConv', { op: 'Conv', places: { 0: 0, 3: 1, 8: 2 } }],
  ['ConvInteger', { op: 'Conv', places: { 0: 0, 1: 1 } }],
  ['QLinearMatMul', { op: 'MatMul', places: { 0: 0, 3: 1 } }],
  ['MatMulInteger', { op: 'MatMul', places: { 0: 0, 1: 1 } }],
  ['MatMulIntegerToFloat', { op: 'MatMul', places: { 0: 0, 1: 1, 6: 2 } }],
  ['DynamicQuantizeMatMul', { op: 'MatMul', places: { 0: 0, 1: 1, 4: 2 } }],
  ['MatMulNBits', { op: 'Gemm', places: { 0: 0, 1: 1, 5: 2 }, attributes: turned }],
  ['QGemm', { op: 'Gemm', places: { 0: 0, 3: 1, 6: 2 } }],
  ['GatherBlockQuantized', { op: 'Gather', places: { 0: 0 } }],
])

/** What an operator on codes does with one of its inputs, in terms of those on real numbers. */
export function plainUse<Use extends { readonly node: OnnxNode; readonly place: number }>(
  use: Use,
): Use {
  const found = plain.get(use.node.op)
  const place = found?.places[use.place]
  if (found === undefined || place === undefined) return use
  const { op, attributes = use.node.attributes } = found
  return { ...use, place, node: { ...use.node, op, domain: '', attributes } }
}
