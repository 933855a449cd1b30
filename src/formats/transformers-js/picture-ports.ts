import type { OutputKind } from '../../core/output-kind'
import type { PictureForm } from '../../data/input-form'
import type { RefillableFile } from '../format'
import { newNode, wholeAttribute, wholesAttribute, wholesNode } from '../onnx/writing/edited-node'
import { graphFields, modelFields, rewritten } from '../onnx/writing/graph-fields'
import { fieldsOf, fieldWire, messageWire } from '../onnx/writing/wire-fields'
import type { NewField, Wire, WirePart } from '../onnx/writing/wire-fields'
import { firstPort, makerOf, renamedValue, valueNames } from './graph-values'
import type { Port } from './graph-values'

/** What the pipelines of Transformers.js for pictures give, and what they ask for. */
const PIXELS = 'pixel_values'
const LOGITS = 'logits'

/** How a model takes a picture and says its class. */
export interface PicturePorts {
  readonly form: PictureForm
  /** Of its first output. */
  readonly kind: OutputKind
  /** Numbers that this has for a picture; one stands for no and yes. */
  readonly columns: number
}

/**
 * A file of ONNX that takes `pixel_values` [batch, channels, height, width] and gives `logits` beside what it gave:
 * numbers whose softmax are the shares of classes. No node changes but by the name of a value that was called so; nodes of
 * its own turn and hand on what comes, and what goes.
 * @throws RangeError where the file has no input or no output
 */
export function withPicturePorts(file: RefillableFile, ports: PicturePorts): RefillableFile {
  const changed = rewritten(file, ({ content, number }) =>
    number === modelFields.graph ? fieldWire(number, graphWith(content, ports)) : null,
  )
  // Nothing here is made later but the places of weights.
  return changed as RefillableFile
}

function graphWith(graph: Wire, ports: PicturePorts): Wire {
  const before = fieldsOf(graph)
  const isInput =
    firstPort(before, 'input').name === PIXELS && ports.form.layout === 'channelsFirst'
  const isOutput =
    firstPort(before, 'output').name === LOGITS && ports.kind === 'scores' && ports.columns > 1
  const names = valueNames(before)
  const fields = fieldsOf(
    renamed(renamed(graph, isInput ? null : PIXELS, names), isOutput ? null : LOGITS, names),
  )
  const input = firstPort(fields, 'input')
  const output = firstPort(fields, 'output')
  const entry = isInput ? [] : entryNodes(input.name, ports.form, names)
  const exit = isOutput ? [] : exitNodes(output.name, ports, fields, names)
  const lastOutput = fields.findLastIndex(({ number }) => number === graphFields.output)
  const first = fields.findIndex(({ number }) => number === graphFields.node)
  const last = fields.findLastIndex(({ number }) => number === graphFields.node)
  const nodes = (all: readonly Wire[]): Wire =>
    all.flatMap((node) => fieldWire(graphFields.node, node))
  return fields.flatMap((field, at) => [
    ...(at === first ? nodes(entry) : []),
    ...(field === input.field && !isInput
      ? fieldWire(graphFields.input, pixelPort(input, ports.form))
      : field.whole),
    ...(at === last ? nodes(exit) : []),
    ...(at === lastOutput && !isOutput
      ? fieldWire(graphFields.output, logitPort(output, ports))
      : []),
  ])
}

function renamed(graph: Wire, name: string | null, names: ValueNames): Wire {
  return name === null || !names.has(name) ? graph : renamedValue(graph, name, names.fresh(name))
}

type ValueNames = ReturnType<typeof valueNames>

/** Nodes that give a model its own input. */
function entryNodes(
  given: string,
  { channels, height, layout, width }: PictureForm,
  names: ValueNames,
): readonly Wire[] {
  const turned = (from: string, to: string): Wire =>
    newNode('Transpose', [from], [to], [wholesAttribute('perm', [0, 2, 3, 1])])
  switch (layout) {
    case 'channelsFirst':
      return [newNode('Identity', [PIXELS], [given])]
    case 'channelsLast':
      return [turned(PIXELS, given)]
    case 'plane': {
      const sides = names.fresh(`${PIXELS}_sides`)
      return [
        // As many samples as come, and one side may be open.
        wholesNode(sides, [0, height ?? -1, width ?? -1]),
        newNode('Reshape', [PIXELS, sides], [given]),
      ]
    }
    case 'row': {
      const flat = (from: string): Wire =>
        newNode('Flatten', [from], [given], [wholeAttribute('axis', 1)])
      const last = names.fresh(`${PIXELS}_last`)
      return channels === 1 ? [flat(PIXELS)] : [turned(PIXELS, last), flat(last)]
    }
  }
}

/** Nodes that give `logits`: of probabilities what stands before their softmax, or their logarithms. */
function exitNodes(
  said: string,
  { columns, kind }: PicturePorts,
  fields: readonly WirePart[],
  names: ValueNames,
): readonly Wire[] {
  const maker = makerOf(fields, said)
  const before = (op: string): string | null =>
    maker?.op === op && maker.domain === '' ? (maker.inputs[0] ?? null) : null
  if (columns > 1) {
    const scores = kind === 'scores' ? said : before('Softmax')
    return [newNode(scores === null ? 'Log' : 'Identity', [scores ?? said], [LOGITS])]
  }
  const [zero, one, no, both] = ['zero', 'one', 'no', 'both'].map((part) =>
    names.fresh(`${LOGITS}_${part}`),
  ) as [string, string, string, string]
  const axis = wholeAttribute('axis', 1)
  // softmax(0, z) is (1 - sigmoid(z), sigmoid(z)).
  const score = kind === 'scores' ? said : before('Sigmoid')
  if (score !== null)
    return [
      newNode('Sub', [score, score], [zero]),
      newNode('Concat', [zero, score], [LOGITS], [axis]),
    ]
  return [
    newNode('Sub', [said, said], [zero]),
    newNode('Exp', [zero], [one]),
    newNode('Sub', [one, said], [no]),
    newNode('Concat', [no, said], [both], [axis]),
    newNode('Log', [both], [LOGITS]),
  ]
}

/** Fields of ValueInfoProto, TypeProto, TypeProto.Tensor, TensorShapeProto and its dimensions. */
const [NAME, TYPE, TENSOR, ELEMENT, SHAPE, SIDE, LENGTH, SYMBOL] = [1, 2, 1, 1, 2, 1, 1, 2] as const
/** TensorProto.DataType */
const FLOAT = 1

/** The first side of a port, as the file has it. */
function batchOf({ field }: Port): Wire {
  const inside = (wire: Wire, number: number): Wire | null =>
    fieldsOf(wire).find((one) => one.number === number)?.content ?? null
  const type = inside(field.content, TYPE)
  const tensor = type === null ? null : inside(type, TENSOR)
  const shape = tensor === null ? null : inside(tensor, SHAPE)
  return (shape === null ? null : inside(shape, SIDE)) ?? messageWire([SYMBOL, 'batch'])
}

function pixelPort(input: Port, { channels, height, width }: PictureForm): Wire {
  const side = (length: number | null, symbol: string): Wire =>
    length === null ? messageWire([SYMBOL, symbol]) : messageWire([LENGTH, length])
  return port(PIXELS, [
    batchOf(input),
    side(channels, ''),
    side(height, 'height'),
    side(width, 'width'),
  ])
}

/** As many sides as the output has, whatever they are: whoever reads it makes one row of them. */
function logitPort(output: Port, { columns }: PicturePorts): Wire {
  return columns > 1
    ? rewritten(output.field.content, ({ number }) =>
        number === NAME ? fieldWire(NAME, LOGITS) : null,
      )
    : port(LOGITS, null)
}

function port(name: string, sides: readonly Wire[] | null): Wire {
  const shape = sides?.map((side): NewField => [SIDE, side])
  const tensor = messageWire(
    [ELEMENT, FLOAT],
    ...(shape === undefined ? [] : [[SHAPE, messageWire(...shape)] as const]),
  )
  return messageWire([NAME, name], [TYPE, messageWire([TENSOR, tensor])])
}
