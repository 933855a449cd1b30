import { elementCount } from '../../core/tensor-spec'
import type { WireMessage } from '../../files/protobuf/wire-message'
import { decodeFloats, elementTypes, isElementType, isFloat } from '../named-weights/element-types'
import type { CodedTensor } from '../named-weights/named-tensor'
import type { OnnxTensor } from './onnx-model'
import type { OnnxSource } from './onnx-source'
import { readTensor } from './read-tensor'
import { sizeOf, tensorReader } from './tensor-bytes'
import type { OnnxFiles } from './tensor-bytes'

/**
 * Reads a SparseTensorProto without its numbers.
 * @throws StudioError 'open/onnx-field', 'open/onnx-damaged', 'open/shape-too-large'
 */
export async function readSparseTensor(
  message: WireMessage,
  source: OnnxSource,
  place: string,
): Promise<OnnxTensor> {
  let values: OnnxTensor | null = null
  let places: OnnxTensor | null = null
  const shape: number[] = []
  for await (const field of message.fields()) {
    if (field.number > 3) continue
    if (field.number === 3) for (const side of await source.wholes(field)) shape.push(side)
    else if (field.wire !== 2) throw source.refused(place, 'a message', 'a number')
    else if (field.number === 1) values = await readTensor(message.inner(field), source, place)
    else places = await readTensor(message.inner(field), source, place)
  }
  if (values === null || places === null) throw source.refused(place, 'values and indices', 'one')
  const { name, type } = values
  if (shape.some((side) => !Number.isSafeInteger(side) || side < 0))
    throw source.refused(place, 'sides from 0', shape.join())
  if (!isElementType(type) || elementTypes[type].bits % 8 !== 0)
    throw source.refused(place, 'elements of whole bytes', type)
  source.count.add(name, place, shape)
  const count = elementCount(values.shape)
  const isFlat = places.shape.join() === String(count)
  const isByAxes = places.shape.join() === [count, shape.length].join()
  if (values.shape.length !== 1 || places.type !== 'I64' || !(isFlat || isByAxes))
    throw source.refused(place, `${count} places of int64`, places.shape.join(' × '))
  return {
    name,
    shape,
    type,
    place,
    message: message.range,
    data: { kind: 'sparse', values, places },
  }
}

/** A weight of real numbers whose zeros are not in the file; null: it holds something else. */
export function sparseWeight(
  name: string,
  tensor: OnnxTensor,
  files: OnnxFiles,
): CodedTensor | null {
  const { data, shape, type } = tensor
  if (data.kind !== 'sparse' || !isElementType(type) || !isFloat(type)) return null
  return {
    ...{ kind: 'coded', name, shape, file: files.model.path },
    bytes: sizeOf(data.values) + sizeOf(data.places),
    ...{ storedAs: elementTypes[type].storedAs, inPieces: null },
    decode: async (spec) => {
      const bytes = await (await tensorReader(tensor, files))(0, sizeOf(tensor))
      return { kind: 'float', spec, values: decodeFloats(type, bytes) }
    },
  }
}
