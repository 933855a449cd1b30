import { elementCount } from '../../core/tensor-spec'
import { readersOf } from './assign-weights'
import type { GraphParts } from './graph-parts'
import type { OnnxNode, OnnxTensor } from './onnx-model'

/** Behind the inputs that products of codes have in ONNX: the scale of their weight, where it is known. */
export const SCALE = 4

/** Products of codes without what these stand for: nothing but whole numbers may stand in their weight. */
export function isOfWholes({ domain, inputs, op }: OnnxNode): boolean {
  const isProduct = op === 'ConvInteger' || op === 'MatMulInteger'
  return isProduct && domain === '' && inputs.length <= SCALE
}

/**
 * Products of codes are scaled behind them, as quantizers for activations of any range write it:
 *
 *     y = float(ConvInteger(x, w)) * (x_scale * w_scale)
 *
 * The scale of the weight is moved to the operator that reads its codes, so that these become real numbers.
 */
export function withScales(
  nodes: readonly OnnxNode[],
  tensors: GraphParts['tensors'],
): readonly OnnxNode[] {
  const held = new Map(tensors.map(({ name, tensor }) => [name, tensor]))
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  const readers = readersOf(nodes)
  /** The only node that reads a value, if it is of this kind. */
  const onlyReader = (value: string | undefined, op: string): OnnxNode | null => {
    const [use, other] = readers.get(value ?? '') ?? []
    return use?.node.op === op && use.node.domain === '' && other === undefined ? use.node : null
  }
  const changed = new Map<OnnxNode, OnnxNode>()
  const gone = new Set<OnnxNode>()
  for (const node of nodes) {
    const weight = held.get(node.inputs[1] ?? '')
    if (!isOfWholes(node) || weight === undefined) continue
    const cast = onlyReader(node.outputs[0], 'Cast')
    const scaled = onlyReader(cast?.outputs[0], 'Mul')
    const factor = scaled?.inputs.find((name) => name !== cast?.outputs[0])
    const product = makers.get(factor ?? '')
    if (scaled === null || product?.op !== 'Mul' || onlyReader(factor, 'Mul') !== scaled) continue
    const scale = product.inputs.find((name) => held.has(name))
    const other = product.inputs.find((name) => name !== scale)
    const tensor = held.get(scale ?? '')
    if (scale === undefined || other === undefined || tensor === undefined) continue
    if (!isScaleOf(node, weight, tensor)) continue
    const inputs = Array.from({ length: SCALE }, (_, at) => node.inputs[at] ?? '')
    changed.set(node, { ...node, inputs: [...inputs, scale] })
    const [value = ''] = cast?.outputs ?? []
    changed.set(scaled, { ...scaled, inputs: [value, other] })
    gone.add(product)
  }
  return nodes.flatMap((node) => (gone.has(node) ? [] : [changed.get(node) ?? node]))
}

/** One for all; of a product of matrices also one for each column, as the result broadcasts it. */
function isScaleOf({ op }: OnnxNode, weight: OnnxTensor, scale: OnnxTensor): boolean {
  const count = elementCount(scale.shape)
  const isColumns = op === 'MatMulInteger' && scale.shape.length === 1
  return count === 1 || (isColumns && count === weight.shape.at(-1))
}
