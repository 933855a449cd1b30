import { newNode, wholeAttribute } from '../edited-node'
import type { OpenGraph } from '../graph-editor'
import type { Wire } from '../wire-fields'
import { integerKernel } from './integer-kernel'
import type { IntegerProduct } from './integer-products'
import { kernelTensors } from './integer-tensors'
import { matrixProducts, withProducts } from './replaced-products'
import type { GivenWeights, WrittenForm } from './static-file'

/** TensorProto.DataType of float32, as `Cast` names it. */
const FLOAT = 1

/**
 * A file whose products of matrices are of whole numbers: what they are given becomes codes of uint8 as it comes, over its own
 * range, by operators of ONNX alone (`DynamicQuantizeLinear`, `MatMulInteger`); weights are int8 with a step for each output. No
 * samples have to be seen before. Convolutions stay as they are.
 */
export function dynamicFile(
  graph: OpenGraph,
  products: readonly IntegerProduct[],
  weights: GivenWeights,
): WrittenForm {
  const fresh = graph.namer()
  const known = new Map<string, readonly [codes: string, scale: string, zero: string]>()
  return withProducts(graph, matrixProducts(products), undefined, (product) => {
    const { axis, bias, held, input, output, perm, weight } = product
    // `MatMulInteger` has outputs last.
    const turned = axis === 0 ? perm.toReversed() : perm
    const use = { held, perm: turned, axis: 1, factor: null, least: null }
    const kernel = integerKernel(weights.tensor(weight), weights.values(weight), use)
    const { codes, form, scale } = kernelTensors(weight, kernel, false, fresh)
    const nodes: Wire[] = []
    let ofInput = known.get(input)
    if (ofInput === undefined) {
      ofInput = [fresh(`${input}_codes`), fresh(`${input}_step`), fresh(`${input}_zero`)]
      known.set(input, ofInput)
      nodes.push(newNode('DynamicQuantizeLinear', [input], ofInput))
    }
    const [given, step, zero] = ofInput
    const [sum, real, both] = [
      fresh(`${output}_sum`),
      fresh(`${output}_real`),
      fresh(`${output}_step`),
    ]
    const scaled = bias === null ? output : fresh(`${output}_product`)
    nodes.push(
      newNode('MatMulInteger', [given, codes.name, zero], [sum]),
      newNode('Cast', [sum], [real], [wholeAttribute('to', FLOAT)]),
      newNode('Mul', [step, scale.name], [both]),
      newNode('Mul', [real, both], [scaled]),
    )
    if (bias !== null) nodes.push(newNode('Add', [scaled, bias], [output]))
    // A reader takes the codes for the weight.
    return { nodes, tensors: [codes, scale], form: { ...form, name: codes.name } }
  })
}
