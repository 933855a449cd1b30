import type { RefillableFile } from '../../format'
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

/** Bytes. */
const bounds = {
  /** A message of Protocol Buffers is no longer: https://protobuf.dev/programming-guides/encoding/#size-limit */
  file: 2 ** 31 - 1,
  /** Shorter tensors stay in the message: shapes are worked out from some, for which no other file is read. */
  outside: 1024,
}
/** Where the numbers of a tensor may begin, so that a runtime can read them where they lie. */
const ALIGNMENT = 64
/** TensorProto: where numbers are, and that they are there. */
const [EXTERNAL, LOCATION, OUTSIDE] = [13, 14, 1] as const

const NUMBERS = 'model.onnx.data'

/** Whether one file can hold a model with its weights. */
export function isOneFile(skeleton: RefillableFile): boolean {
  return skeleton.reduce((sum, piece) => sum + sizeOf(piece), 0) <= bounds.file
}

/**
 * The file of a model, and where one message cannot hold it a second one with the numbers of its weights.
 * @param within bytes of a file, and the least that a tensor takes in the second one
 */
export function onnxFiles(pieces: readonly Numbers[], within = bounds): readonly OnnxFile[] {
  const whole = new OnnxFile('model.onnx', pieces)
  if (whole.size <= within.file) return [whole]
  const outside = new OutsideNumbers(within.outside)
  const graphs = rewritten(pieces, ({ content, number }) =>
    number === modelFields.graph
      ? fieldWire(
          number,
          changedGraphs(content, (graph) => outside.graph(graph)),
        )
      : null,
  )
  return [new OnnxFile('model.onnx', graphs.map(numbersIn)), new OnnxFile(NUMBERS, outside.pieces)]
}

class OutsideNumbers {
  readonly pieces: Numbers[] = []
  private size = 0

  constructor(private readonly least: number) {}

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

  /** The same tensor where its numbers are few, or in fields of their own. */
  private tensor(tensor: Wire): Wire {
    const fields = fieldsOf(tensor)
    const numbers = fields.flatMap(({ content, number }) =>
      number === tensorFields.raw ? content.map(numbersIn) : [],
    )
    const length = numbers.reduce((sum, part) => sum + sizeOf(part), 0)
    if (length < this.least) return tensor
    const offset = this.add(numbers, length)
    const facts = { location: NUMBERS, offset: String(offset), length: String(length) }
    return [
      ...fields.flatMap(({ number, whole }) => (number === tensorFields.raw ? [] : whole)),
      ...Object.entries(facts).flatMap(([key, value]) =>
        fieldWire(EXTERNAL, messageWire([1, key], [2, value])),
      ),
      ...fieldWire(LOCATION, OUTSIDE),
    ]
  }

  /** @returns where they begin */
  private add(numbers: readonly Numbers[], length: number): number {
    const gap = (ALIGNMENT - (this.size % ALIGNMENT)) % ALIGNMENT
    if (gap > 0) this.pieces.push(new Uint8Array(gap))
    this.pieces.push(...numbers)
    const offset = this.size + gap
    this.size = offset + length
    return offset
  }
}

type Numbers = Uint8Array | MadeBytes

function numbersIn(piece: Wire[number]): Numbers {
  if ('weight' in piece) throw new RangeError(`${piece.weight} has no numbers`)
  return piece
}

function sizeOf(piece: Wire[number]): number {
  return piece instanceof Uint8Array ? piece.length : piece.size
}
