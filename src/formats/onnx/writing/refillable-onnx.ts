import { readBytes } from '../../../files/read-bytes'
import type { RefillableFile } from '../../format'
import { everyTensor } from '../every-tensor'
import type { FoundOnnx } from '../find-onnx'
import type { NamedOnnxTensor } from '../graph-parts'
import { OnnxSource } from '../onnx-source'
import { tensorReader } from '../tensor-bytes'
import { restoredFloats } from './restore-floats'
import { partsWithNumbers } from './file-parts'

/**
 * A model in one message, whatever files it came in, with a place for the numbers of each weight; all other numbers are in it.
 * @param weights tensors of it that are weights
 * @returns null where a weight has no place for its numbers
 * @throws StudioError 'open/onnx-damaged', 'open/not-read', 'open/missing-shards'
 */
export async function refillableOnnx(
  { files, model }: FoundOnnx,
  weights: readonly NamedOnnxTensor[],
): Promise<RefillableFile | null> {
  const decoded = weights.filter(({ tensor }) => tensor.data.kind === 'decoded')
  const plain = weights.filter(({ tensor }) => tensor.data.kind !== 'decoded')
  const names = new Map(plain.map(({ name, tensor }) => [tensor.message.begin, name]))
  const elsewhere = everyTensor(model.graph).filter(
    ({ data, message, type }) =>
      data.kind === 'external' && type !== 'STRING' && !names.has(message.begin),
  )
  // There is no place for numbers where they are zero now.
  if (plain.some(({ tensor }) => tensor.data.kind === 'sparse')) return null
  const { wire } = new OnnxSource(files.model)
  const changed = [...plain.map(({ tensor }) => tensor), ...elsewhere]
  const parts = await partsWithNumbers(wire, changed)
  const filled: RefillableFile[number][] = []
  for (const part of parts) {
    if (part.kind === 'kept') filled.push(await readBytes(files.model, part.begin, part.end))
    else if (part.kind === 'made') filled.push(part.bytes)
    else {
      const { size, tensor } = part
      const weight = names.get(tensor.message.begin)
      filled.push(
        weight === undefined
          ? await (
              await tensorReader(tensor, files)
            )(0, size)
          : { weight, type: tensor.type, size },
      )
    }
  }
  return restoredFloats(filled, decoded)
}
