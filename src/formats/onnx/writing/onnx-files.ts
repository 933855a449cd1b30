import {
  attributeFields,
  changedGraphs,
  graphFields,
  modelFields,
  nodeFields,
  rewritten,
  tensorFields,
} from './graph-fields'
import { OnnxFile } from './onnx-file'
import { fieldsOf, fieldWire, messageWire } from './wire-fields'
import type { MadeBytes, Wire } from './wire-fields'

/** A message of Protocol Buffers is no longer: https://protobuf.dev/programming-guides/encoding/#size-limit */
const MOST_BYTES = 2 ** 31 - 1
/** Where the numbers of a tensor may begin, so that a runtime can read them where they lie. */
const ALIGNMENT = 64
/** TensorProto: where numbers are, and that they are there. */
const [EXTERNAL, LOCATION, OUTSIDE] = [13, 14, 1] as const

const NUMBERS = 'model.onnx.data'

/**
 * The file of a model, and where one message cannot hold it a second one with the numbers of its weights.
 * @param most bytes of a file
 */
export function onnxFiles(
  pieces: readonly (Uint8Array | MadeBytes)[],
  most = MOST_BYTES,
): readonly OnnxFile[] {
  const whole = new OnnxFile('model.onnx', pieces)
  if (whole.size <= most) return [whole]
  const outside = new OutsideNumbers()
  const graphs = rewritten(pieces, ({ content, number }) =>
    number === modelFields.graph
      ? fieldWire(
          number,
          changedGraphs(content, (graph) => outside.graph(graph)),
        )
      : null,
  )
  const file = graphs.map((piece) => {
    if (piece instanceof Uint8Array || !('weight' in piece)) return piece
    throw new RangeError(`${piece.weight} has no numbers`)
  })
  return [new OnnxFile('model.onnx', file), new OnnxFile(NUMBERS, outside.pieces)]
}

class OutsideNumbers {
  readonly pieces: (Uint8Array | MadeBytes)[] = []
  private size = 0

  graph(graph: Wire): Wire {
    return rewritten(graph, ({ content, number }) => {
      const changed =
        number === graphFields.initializer
          ? this.tensor(content)
          : number === graphFields.node
            ? this.node(content)
            : content
      return changed === content ? null : fieldWire(number, changed)
    })
  }

  /** A `Constant` holds a tensor in an attribute. */
  private node(node: Wire): Wire {
    return rewritten(node, ({ content, number }) => {
      if (number !== nodeFields.attribute) return null
      const attribute = rewritten(content, (part) => {
        if (part.number !== attributeFields.tensor) return null
        const tensor = this.tensor(part.content)
        return tensor === part.content ? null : fieldWire(part.number, tensor)
      })
      return attribute === content ? null : fieldWire(number, attribute)
    })
  }

  /** The same tensor where its numbers are bytes of the file already. */
  private tensor(tensor: Wire): Wire {
    const fields = fieldsOf(tensor)
    const [numbers] = fields.flatMap(({ content, number }) =>
      number === tensorFields.raw ? content : [],
    )
    if (numbers === undefined || numbers instanceof Uint8Array || 'weight' in numbers) return tensor
    const offset = this.add(numbers)
    const facts = { location: NUMBERS, offset: String(offset), length: String(numbers.size) }
    return [
      ...fields.flatMap(({ number, whole }) => (number === tensorFields.raw ? [] : whole)),
      ...Object.entries(facts).flatMap(([key, value]) =>
        fieldWire(EXTERNAL, messageWire([1, key], [2, value])),
      ),
      ...fieldWire(LOCATION, OUTSIDE),
    ]
  }

  /** @returns where they begin */
  private add(numbers: MadeBytes): number {
    const gap = (ALIGNMENT - (this.size % ALIGNMENT)) % ALIGNMENT
    if (gap > 0) this.pieces.push(new Uint8Array(gap))
    this.pieces.push(numbers)
    const offset = this.size + gap
    this.size = offset + numbers.size
    return offset
  }
}
