import type { RefillableFile, WeightPlace } from '../../format'
import { numberOfType } from '../read-tensor'
import type { DecodingNode } from './coded-forms'
import { editedNode, wholeAttribute, wholesAttribute } from './edited-node'
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
import { irVersionOf } from './ir-version'
import type { OnnxForm } from './onnx-form'
import { raisedGraph } from './raise-opset'
import type { PartName, StoredPart } from './stored-part'
import { fieldsOf, fieldWire, messageWire } from './wire-fields'
import type { MadeBytes, NewField, Wire, WirePart } from './wire-fields'

/**
 * A file of ONNX with its weights as they are stored: all messages that hold none stay byte for byte, but for operators that
 * meant something else before, where a weight needs newer ones.
 * @param forms by the names of weights
 * @param added numbers of tensors that the file has beside them, by name, and the version of the operators that these need
 * @returns the file in pieces; numbers of weights are not made yet
 */
export function writeOnnx(
  skeleton: RefillableFile,
  forms: ReadonlyMap<string, OnnxForm>,
  added: AddedNumbers = nothingAdded,
): readonly (Uint8Array | MadeBytes)[] {
  const needed = Math.max(added.opset, ...[...forms.values()].map(({ opset }) => opset))
  const before = opsetOf(skeleton)
  const opset = Math.max(before, needed)
  const names = new ValueNames(namesIn(skeleton))
  const file = rewritten(skeleton, ({ content, number, value }) => {
    if (number === modelFields.graph) {
      const fresh = (wanted: string): string => names.fresh(wanted)
      const raised =
        opset === before ? content : raisedGraph(content, skeleton, [before, opset], fresh)
      const writer = new WeightWriter(forms, names)
      const graph = changedGraphs(raised, (inner) => writer.graph(inner))
      return graph === content ? null : fieldWire(number, graph)
    }
    // Whatever needs no newer operators leaves the file as it says it is.
    if (needed === 0) return null
    if (number === modelFields.irVersion)
      return fieldWire(number, Math.max(value, irVersionOf(opset)))
    return number === modelFields.opset && isOfOnnx(content)
      ? fieldWire(number, messageWire([2, opset]))
      : null
  })
  return file.map((piece) =>
    'weight' in piece ? (added.numbers.get(piece.weight) ?? numbersOf(piece, forms)) : piece,
  )
}

/** Of tensors that no weight of the model is. */
export interface AddedNumbers {
  readonly numbers: ReadonlyMap<string, MadeBytes>
  readonly opset: number
}

const nothingAdded: AddedNumbers = { numbers: new Map(), opset: 0 }

function isOfOnnx(opset: Wire): boolean {
  return ['', 'ai.onnx'].includes(nameIn(fieldsOf(opset), 1))
}

/** Version of the operators of ONNX itself. */
export function opsetOf(file: Wire): number {
  const own = fieldsOf(file).filter(
    ({ content, number }) => number === modelFields.opset && isOfOnnx(content),
  )
  const versions = own.map(({ content }) => fieldsOf(content).find(({ number }) => number === 2))
  return Math.max(1, ...versions.map((field) => field?.value ?? 1))
}

function numbersOf({ size, weight }: WeightPlace, forms: ReadonlyMap<string, OnnxForm>): MadeBytes {
  const [part] = forms.get(weight)?.parts ?? []
  if (part?.size !== size) throw new RangeError(`${weight} takes ${size} bytes`)
  return { size, content: part.content }
}

/** Names that values have anywhere in a file. */
function namesIn(file: Wire): Set<string> {
  const names = new Set<string>()
  const [graph] = fieldsOf(file).filter(({ number }) => number === modelFields.graph)
  const { initializer, input, node } = graphFields
  changedGraphs(graph?.content ?? [], (inner) => {
    for (const { content, number } of fieldsOf(inner)) {
      if (number === node) {
        const { inputs, outputs } = nodeOf(content)
        for (const name of [...inputs, ...outputs]) names.add(name)
      } else if (number === initializer) names.add(nameIn(fieldsOf(content), tensorFields.name))
      else if (number === input) names.add(nameIn(fieldsOf(content), 1))
    }
    return inner
  })
  return names
}

/** AttributeProto.AttributeType */
const TENSOR = 4

/**
 * A `Transpose` that says its order. Where it leaves that out behind a `DequantizeLinear` with an axis, onnxruntime 1.20 to 1.30 ends
 * while it opens the file.
 * @param ranks axes of weights that are decoded, by name
 */
function turned({ content, number }: WirePart, ranks: ReadonlyMap<string, number>): Wire | null {
  const node = nodeOf(content)
  const rank = ranks.get(node.inputs[0] ?? '')
  const isBare = node.op === 'Transpose' && node.domain === '' && !node.attributes.has('perm')
  if (rank === undefined || !isBare) return null
  const perm = Array.from({ length: rank }, (_, at) => rank - 1 - at)
  return fieldWire(number, editedNode(node, { add: [wholesAttribute('perm', perm)] }))
}

/** Puts what is stored of weights, and the nodes that decode it, in the place of their tensors. */
class WeightWriter {
  constructor(
    private readonly forms: ReadonlyMap<string, OnnxForm>,
    private readonly names: ValueNames,
  ) {}

  graph(graph: Wire): Wire {
    if (!graph.some((piece) => 'weight' in piece)) return graph
    const decoded = new Set<string>()
    const nodes: Wire[] = []
    const kept = fieldsOf(graph)
    const ranks = this.ranksIn(kept)
    const fields = kept.map((field) => {
      if (field.number === graphFields.node)
        return this.constant(field) ?? turned(field, ranks) ?? field.whole
      const form = field.number === graphFields.initializer ? this.formIn(field.content) : null
      if (form === null) return field.whole
      const name = nameIn(fieldsOf(field.content), tensorFields.name)
      const written = this.decoding(name, form)
      decoded.add(name)
      nodes.push(written.nodes)
      return written.parts.flatMap((part) => fieldWire(graphFields.initializer, part))
    })
    const first = kept.findIndex(({ number }) => number === graphFields.node)
    return fields.flatMap((pieces, at) => {
      const field = kept[at]
      // Up to IR version 3 all initializers were inputs: this one is neither any more.
      const isInput =
        field?.number === graphFields.input && decoded.has(nameIn(fieldsOf(field.content), 1))
      return isInput ? [] : at === first ? [...nodes.flat(), ...pieces] : pieces
    })
  }

  /** How many axes weights have that a `DequantizeLinear` gives, by the name that others read them by. */
  private ranksIn(fields: readonly WirePart[]): ReadonlyMap<string, number> {
    return new Map(
      fields.flatMap(({ content, number }): [string, number][] => {
        const form = this.formIn(content)
        const made = form?.nodes.find(({ op }) => op === 'DequantizeLinear')
        const codes = form?.parts.find(({ part }) => part === made?.inputs[0])
        if (codes === undefined) return []
        const [held] = number === graphFields.node ? nodeOf(content).outputs : []
        return [[held ?? nameIn(fieldsOf(content), tensorFields.name), codes.shape.length]]
      }),
    )
  }

  /** Of a weight whose form has nodes. */
  private formIn(content: Wire): OnnxForm | null {
    const place = content.find((piece) => 'weight' in piece)
    const form = place !== undefined && 'weight' in place ? this.forms.get(place.weight) : undefined
    return form === undefined || form.nodes.length === 0 ? null : form
  }

  /** A weight that a `Constant` node holds stays in one: weights keep their order. */
  private constant({ content }: WirePart): Wire | null {
    const form = this.formIn(content)
    const { attributes, op, outputs } = nodeOf(content)
    const [name] = outputs
    if (form === null || op !== 'Constant' || name === undefined) return null
    const { nodes, parts } = this.decoding(name, form)
    const [codes, ...others] = parts
    if (codes === undefined || !attributes.has('value')) return null
    const value = messageWire(
      [attributeFields.name, 'value'],
      [attributeFields.tensor, codes],
      [attributeFields.type, TENSOR],
    )
    const held = messageWire(
      [nodeFields.output, nameIn(fieldsOf(codes), tensorFields.name)],
      [nodeFields.op, 'Constant'],
      [nodeFields.attribute, value],
    )
    return [
      ...fieldWire(graphFields.node, held),
      ...others.flatMap((part) => fieldWire(graphFields.initializer, part)),
      ...nodes,
    ]
  }

  private decoding(name: string, { nodes, parts }: OnnxForm) {
    const own = (part: PartName | DecodingNode['output']): string => this.names.of(name, part)
    return {
      parts: parts.map((part) => tensorWire(own(part.part), part)),
      nodes: nodes.flatMap((node) => fieldWire(graphFields.node, nodeWire(node, own))),
    }
  }
}

function tensorWire(name: string, { content, shape, size, type }: StoredPart): Wire {
  return messageWire(
    ...shape.map((side): NewField => [tensorFields.dims, side]),
    [tensorFields.type, numberOfType(type)],
    [tensorFields.name, name],
    [tensorFields.raw, [{ size, content }]],
  )
}

function nodeWire(
  { attributes, inputs, op, output }: DecodingNode,
  own: (part: PartName | DecodingNode['output']) => string,
): Wire {
  return messageWire(
    ...inputs.map((input): NewField => [nodeFields.input, own(input)]),
    [nodeFields.output, own(output)],
    [nodeFields.op, op],
    ...Object.entries(attributes).map(([key, value]): NewField => [
      nodeFields.attribute,
      wholeAttribute(key, value),
    ]),
  )
}

/** Names for what is stored of weights, which no value of the file has. */
class ValueNames {
  private readonly known = new Map<string, string>()

  constructor(private readonly taken: Set<string>) {}

  of(name: string, part: PartName | DecodingNode['output']): string {
    if (part === 'itself') return name
    const key = `${name}_${part}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    const own = this.fresh(key)
    this.known.set(key, own)
    return own
  }

  fresh(wanted: string): string {
    let own = wanted
    while (this.taken.has(own)) own += '_'
    this.taken.add(own)
    return own
  }
}
