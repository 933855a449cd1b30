import type { Precision } from '../../core/model-summary'
import { sha256InPieces } from '../../core/sha256-in-pieces'
import type { Exporter, ExportTensor, StoredForm, WrittenParts } from '../../formats/exporter'
import type { Between } from '../../files/between'
import type { OpenedModel } from '../../formats/format'

const known = new WeakMap<ExportTensor, Map<string, string>>()

/**
 * SHA-256 of the values that a file will restore, in 64 hexadecimal digits; computed once for each
 * tensor.
 * @param parts the weights that it holds, of the model
 */
export async function hashRestored(
  { container, store }: Exporter,
  model: OpenedModel,
  { tensors, weights }: Pick<WrittenParts, 'tensors' | 'weights'>,
  precision: Precision,
  between: Between,
): Promise<string[]> {
  const hashes: string[] = []
  const key = `${container} ${precision}`
  for (const [index, weight] of weights.entries()) {
    const tensor = tensors[index] ?? weight
    const ofTensor = known.get(tensor) ?? new Map<string, string>()
    known.set(tensor, ofTensor)
    const hash =
      ofTensor.get(key) ??
      (await hashOf(store(tensor, weight, precision, model), () => between(index, weights.length)))
    ofTensor.set(key, hash)
    hashes.push(hash)
  }
  return hashes
}

/** The same of what a file holds. */
export async function hashForms(forms: readonly StoredForm[], between: Between): Promise<string[]> {
  const hashes: string[] = []
  for (const [index, form] of forms.entries())
    hashes.push(await hashOf(form, () => between(index, forms.length)))
  return hashes
}

function hashOf({ length, restored }: StoredForm, between: () => Promise<void>): Promise<string> {
  const width = restored(0, 0).BYTES_PER_ELEMENT
  const read = (from: number, to: number): Uint8Array => {
    const { buffer, byteOffset, byteLength } = restored(from / width, to / width)
    return new Uint8Array(buffer, byteOffset, byteLength)
  }
  return sha256InPieces(width * length, read, between)
}
