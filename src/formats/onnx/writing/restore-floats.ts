import { elementCount } from '../../../core/tensor-spec'
import type { RefillableFile } from '../../format'
import { bytesOf, isElementType } from '../../named-weights/element-types'
import type { NamedOnnxTensor } from '../graph-parts'
import type { OnnxTensor } from '../onnx-model'
import { numberOfType } from '../read-tensor'
import {
  attributeFields,
  changedGraphs,
  graphFields,
  modelFields,
  nameIn,
  nodeFields,
  nodeOf,
  rewritten,
  tensorFields,
} from './graph-fields'
import { fieldsOf, fieldWire, messageWire } from './wire-fields'
import type { NewField, Wire, WirePart } from './wire-fields'

/** AttributeProto.AttributeType */
const TENSOR = 4

/**
 * A file that the studio has written, with a place for the numbers of each weight that nodes make of codes there, and without
 * these nodes.
 * @param weights all that are made so, under the names of the model
 * @returns null where two of them cannot be told apart
 */
export function restoredFloats(
  file: RefillableFile,
  weights: readonly NamedOnnxTensor[],
): RefillableFile | null {
  if (weights.length === 0) return file
  const floats = new Floats(weights)
  if (!floats.areApart) return null
  return placesOnly(
    rewritten(file, ({ content, number }) => {
      if (number !== modelFields.graph) return null
      return fieldWire(
        number,
        changedGraphs(content, (graph) => floats.graph(graph)),
      )
    }),
  )
}

function placesOnly(wire: Wire): RefillableFile {
  return wire.map((piece) => {
    if ('content' in piece) throw new RangeError('numbers that are made already')
    return piece
  })
}

class Floats {
  readonly areApart: boolean
  /** By the name of its codes. */
  private readonly weights: ReadonlyMap<string, NamedOnnxTensor>
  /** Names of values, and of tensors, that nothing reads any more. */
  private readonly gone: ReadonlySet<string>

  constructor(weights: readonly NamedOnnxTensor[]) {
    const parts = weights.flatMap(({ tensor }) => ownNames(tensor))
    this.weights = new Map(
      weights.flatMap((one) =>
        one.tensor.data.kind === 'decoded' ? [[one.tensor.data.codes.name, one] as const] : [],
      ),
    )
    this.gone = new Set(parts)
    this.areApart = this.gone.size === parts.length && this.weights.size === weights.length
  }

  graph(graph: Wire): Wire {
    return rewritten(graph, (field) => {
      const { content, number } = field
      if (number === graphFields.node) return this.node(field)
      if (number !== graphFields.initializer) return null
      const name = nameIn(fieldsOf(content), tensorFields.name)
      const weight = this.weights.get(name)
      if (weight !== undefined) return fieldWire(number, tensorWire(weight))
      return this.gone.has(name) ? [] : null
    })
  }

  private node({ content, number }: WirePart): Wire | null {
    const { op, outputs } = nodeOf(content)
    const [output = ''] = outputs
    const weight = op === 'Constant' ? this.weights.get(output) : undefined
    if (weight === undefined) return this.gone.has(output) ? [] : null
    const value = messageWire(
      [attributeFields.name, 'value'],
      [attributeFields.tensor, tensorWire(weight)],
      [attributeFields.type, TENSOR],
    )
    const held: NewField[] = [
      [nodeFields.output, weight.tensor.name],
      [nodeFields.op, 'Constant'],
      [nodeFields.attribute, value],
    ]
    return fieldWire(number, messageWire(...held))
  }
}

function ownNames({ data, name }: OnnxTensor): readonly string[] {
  return data.kind === 'decoded' ? [name, ...data.names] : []
}

function tensorWire({ name: weight, tensor: { name, shape, type } }: NamedOnnxTensor): Wire {
  const size = isElementType(type) ? bytesOf(type, elementCount(shape)) : 0
  return messageWire(
    ...shape.map((side): NewField => [tensorFields.dims, side]),
    [tensorFields.type, numberOfType(type)],
    [tensorFields.name, name],
    [tensorFields.raw, [{ weight, type, size }]],
  )
}
