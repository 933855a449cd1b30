import type { OnnxNode, OnnxType } from '../onnx-model'
import { numbersOf as numbersIn, sizeOf, tensorReader } from '../tensor-bytes'
import type { OnnxFiles } from '../tensor-bytes'
import type { OnnxFile } from './lower-onnx'

/** The numbers that nodes fill shapes with. @throws StudioError as `tensorReader` */
export async function numbersOf(
  nodes: readonly OnnxNode[],
  files: OnnxFiles,
): Promise<OnnxFile['numbers']> {
  const numbers = new Map<OnnxNode, { number: number; type: OnnxType }>()
  for (const node of nodes) {
    const value = node.op === 'ConstantOfShape' ? node.attributes.get('value') : undefined
    if (value?.kind !== 'tensor' || value.value.shape.some((side) => side !== 1)) continue
    const { type } = value.value
    const bytes = await (await tensorReader(value.value, files))(0, sizeOf(value.value))
    const [number] = numbersIn(type, bytes) ?? []
    if (number !== undefined) numbers.set(node, { number, type })
  }
  return numbers
}
