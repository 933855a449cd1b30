import { readVarint } from '../../../files/protobuf/wire-message'
import type { RefillableFile, WeightPlace } from '../../format'
import { numberOfType } from '../read-tensor'
import type { OnnxType } from '../onnx-model'
import {
  attributeFields,
  changedGraphs,
  graphFields,
  modelFields,
  nameIn,
  nodeOf,
  rewritten,
  tensorFields,
} from './graph-fields'
import type { WireNode } from './graph-fields'
import { bytesOf, fieldsOf, fieldWire, messageWire } from './wire-fields'
import type { NewField, Wire, WirePart } from './wire-fields'

/** A node of a graph as it stands in the file, and what it says. */
export interface GraphNode {
  readonly content: Wire
  readonly node: WireNode
}

/** A tensor whose numbers have a place of their own. */
export interface PlacedTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly place: WeightPlace
}

/** A new tensor: its numbers are made later, under its name. */
export interface NewTensor {
  readonly name: string
  readonly type: OnnxType
  readonly shape: readonly number[]
  /** Bytes. */
  readonly size: number
}

/** What is new in a graph. */
export interface GraphChange {
  readonly nodes: readonly Wire[]
  /** Tensors that others stand in the place of, by name. */
  readonly replaced: ReadonlyMap<string, readonly NewTensor[]>
  /** Values that become outputs as well; real numbers. */
  readonly outputs?: readonly string[]
  /** A set of operators that is not ONNX's own. */
  readonly domain?: string
}

/** The graph of a file whose weights have places for their numbers, taken apart. Graphs inside its nodes stay as they are. */
export class OpenGraph {
  readonly nodes: readonly GraphNode[]
  /** Names of inputs and outputs. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Weights, by the name that nodes read them by. */
  readonly placed: ReadonlyMap<string, PlacedTensor>
  /** Tensors without a place, and what `Constant` nodes hold. */
  readonly constants: ReadonlySet<string>
  readonly makers: ReadonlyMap<string, GraphNode>
  private readonly readers = new Map<string, GraphNode[]>()
  /** Read by graphs inside nodes. */
  private readonly readInside = new Set<string>()
  private readonly taken = new Set<string>()
  private readonly fields: readonly WirePart[]

  constructor(private readonly file: RefillableFile) {
    const [graph] = fieldsOf(file).filter(({ number }) => number === modelFields.graph)
    this.fields = fieldsOf(graph?.content ?? [])
    const of = (number: number): WirePart[] => this.fields.filter((one) => one.number === number)
    this.nodes = of(graphFields.node).map(({ content }) => ({ content, node: nodeOf(content) }))
    const tensors = of(graphFields.initializer).map(({ content }) => tensorOf(content))
    const held = this.nodes.flatMap(({ node }) => heldBy(node))
    this.placed = new Map([...tensors, ...held].flatMap(placedIn))
    this.constants = new Set(
      [...tensors, ...held].flatMap(({ name, place }) => (place === null ? [name] : [])),
    )
    const names = (number: number): string[] =>
      of(number).map(({ content }) => nameIn(fieldsOf(content), 1))
    this.inputs = names(graphFields.input).filter(
      (name) => !tensors.some((one) => one.name === name),
    )
    this.outputs = names(graphFields.output)
    this.makers = new Map(this.nodes.flatMap((one) => one.node.outputs.map((name) => [name, one])))
    for (const one of this.nodes)
      for (const name of one.node.inputs)
        this.readers.set(name, [...(this.readers.get(name) ?? []), one])
    this.collectNames(graph?.content ?? [])
  }

  /** The nodes that read a value, each as often as it does. */
  readersOf(value: string): readonly GraphNode[] {
    return this.readers.get(value) ?? []
  }

  /** The only node that reads a value; null: there are several, or somebody else does. */
  onlyReader(value: string): GraphNode | null {
    const [first, other] = this.readersOf(value)
    const isElsewhere = this.outputs.includes(value) || this.readInside.has(value)
    return first === undefined || other !== undefined || isElsewhere ? null : first
  }

  /** Gives names that no value has, the same for the same questions. */
  namer(): (wanted: string) => string {
    const taken = new Set(this.taken)
    return (wanted) => {
      let own = wanted
      while (taken.has(own)) own += '_'
      taken.add(own)
      return own
    }
  }

  /** The file with other nodes and tensors; all else stays byte for byte. */
  changed({ domain, nodes, outputs = [], replaced }: GraphChange): RefillableFile {
    const rest = this.fields.flatMap((field) => {
      if (field.number === graphFields.node) return []
      const name = this.nameOf(field)
      const others = name === null ? undefined : replaced.get(name)
      if (others === undefined) return field.whole
      return field.number === graphFields.input ? [] : others.flatMap(newTensor)
    })
    // Those of `Constant` nodes stand in no list.
    const listed = new Set(this.fields.map((field) => this.nameOf(field)))
    const left = [...this.placed.keys()].flatMap((name) =>
      listed.has(name) ? [] : (replaced.get(name) ?? []),
    )
    const graph = [
      ...nodes.flatMap((node) => fieldWire(graphFields.node, node)),
      ...rest,
      ...left.flatMap(newTensor),
      ...outputs.flatMap((name) => fieldWire(graphFields.output, floatPort(name))),
    ]
    const isKnown = domain === undefined || domainsOf(this.file).includes(domain)
    const file = rewritten(this.file, ({ number }) =>
      number === modelFields.graph ? fieldWire(number, graph) : null,
    )
    const sets = isKnown ? [] : fieldWire(modelFields.opset, messageWire([1, domain], [2, 1]))
    return [...file, ...sets].map((piece) => {
      if (piece instanceof Uint8Array || 'weight' in piece) return piece
      throw new RangeError('bytes that are made stand in no graph yet')
    })
  }

  /** Names of all tensors with a place once a change is made, in the order in which a reader meets them. */
  placesAfter({ replaced }: Pick<GraphChange, 'replaced'>): readonly string[] {
    const inLists = this.fields.flatMap((field) =>
      field.number === graphFields.initializer ? [this.nameOf(field) ?? ''] : [],
    )
    const namesOf = (name: string): readonly string[] =>
      replaced.get(name)?.map((one) => one.name) ?? (this.placed.has(name) ? [name] : [])
    const others = [...this.placed.keys()].filter((name) => !inLists.includes(name))
    const changed = others.filter((name) => replaced.has(name))
    const kept = others.filter((name) => !replaced.has(name))
    return [...inLists, ...changed, ...kept].flatMap(namesOf)
  }

  private nameOf({ content, number }: WirePart): string | null {
    if (number === graphFields.initializer) return nameIn(fieldsOf(content), tensorFields.name)
    return number === graphFields.input ? nameIn(fieldsOf(content), 1) : null
  }

  private collectNames(graph: Wire): void {
    changedGraphs(graph, (inner) => {
      const isInner = inner !== graph
      for (const { content, number } of fieldsOf(inner)) {
        if (number === graphFields.initializer) this.taken.add(tensorOf(content).name)
        else if (number === graphFields.input) this.taken.add(nameIn(fieldsOf(content), 1))
        if (number !== graphFields.node && !(isInner && number === graphFields.output)) continue
        const { inputs, outputs } =
          number === graphFields.node
            ? nodeOf(content)
            : { inputs: [nameIn(fieldsOf(content), 1)], outputs: [] }
        for (const name of [...inputs, ...outputs]) this.taken.add(name)
        if (isInner) for (const name of inputs) this.readInside.add(name)
      }
      return inner
    })
  }
}

interface FoundTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly place: WeightPlace | null
}

function tensorOf(content: Wire): FoundTensor {
  const fields = fieldsOf(content)
  const place = content.find((piece) => 'weight' in piece)
  return {
    name: nameIn(fields, tensorFields.name),
    shape: fields.flatMap((field) => (field.number === tensorFields.dims ? sidesIn(field) : [])),
    place: place !== undefined && 'weight' in place ? place : null,
  }
}

/** One, or several packed into bytes. */
function sidesIn({ content, value }: WirePart): readonly number[] {
  // Of a number alone these are its own bytes, which say it as well.
  const bytes = bytesOf(content)
  const sides: number[] = []
  for (let at = 0; at < bytes.length;) {
    const varint = readVarint(bytes, at)
    if (varint === null) return [value]
    sides.push(varint.value)
    at += varint.length
  }
  return sides
}

function heldBy({ attributes, op, outputs: [name = ''] }: WireNode): FoundTensor[] {
  if (op !== 'Constant') return []
  const tensor = attributes.get('value')?.find(({ number }) => number === attributeFields.tensor)
  return [
    tensor === undefined ? { name, shape: [], place: null } : { ...tensorOf(tensor.content), name },
  ]
}

function placedIn({ name, place, shape }: FoundTensor): [string, PlacedTensor][] {
  return place === null ? [] : [[name, { name, shape, place }]]
}

function newTensor({ name, shape, size, type }: NewTensor): Wire {
  const place = { weight: name, type, size }
  const content = messageWire(
    ...shape.map((side): NewField => [tensorFields.dims, side]),
    [tensorFields.type, numberOfType(type)],
    [tensorFields.name, name],
    [tensorFields.raw, [place]],
  )
  return fieldWire(graphFields.initializer, content)
}

/** TensorProto.DataType */
const FLOAT = 1

/** Of any sides. */
function floatPort(name: string): Wire {
  return messageWire([1, name], [2, messageWire([1, messageWire([1, FLOAT])])])
}

function domainsOf(file: RefillableFile): readonly string[] {
  return fieldsOf(file).flatMap(({ content, number }) =>
    number === modelFields.opset ? [nameIn(fieldsOf(content), 1)] : [],
  )
}
