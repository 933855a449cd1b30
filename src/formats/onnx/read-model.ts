import type { Between } from '../../files/between'
import type { BundleFile } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import type { WireField, WireMessage } from '../../files/protobuf/wire-message'
import { StudioError } from '../../core/errors'
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxPort,
  OnnxTensor,
} from './onnx-model'
import { OnnxSource } from './onnx-source'
import { readEntry, readTensor, typeOf } from './read-tensor'
import { readSparseTensor } from './sparse-tensor'

/**
 * Reads all of a model of ONNX but the numbers of its tensors.
 * @param between told how many bytes of the file are passed
 * @throws StudioError 'open/onnx-field', 'open/onnx-damaged', 'open/too-many', 'open/shape-too-large', 'open/not-read'
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
export async function readModel(file: BundleFile, between: Between): Promise<OnnxModel> {
  const source = new OnnxSource(file)
  return new ModelReader(source, between).model(source.wire.whole())
}

/** A node has about ten. */
const MOST_PARTS = 10 * limits.layers
/** Parts that are read in one go: a few milliseconds. */
const PASSES = 256

class ModelReader {
  private nodes = 0
  private tensors = 0
  /** Inputs, outputs, attributes, and whatever else there may be many of. */
  private parts = 0
  private passes = 0

  constructor(
    private readonly source: OnnxSource,
    private readonly between: Between,
  ) {}

  /** Parts of a graph are many, and each is soon read. */
  private async passed({ end }: WireField): Promise<void> {
    if (++this.passes % PASSES === 0) await this.between(end, this.source.file.size)
  }

  async model(message: WireMessage): Promise<OnnxModel> {
    let irVersion = 0
    let producer = ''
    let graph: OnnxGraph | null = null
    const opsets = new Map<string, number>()
    const metadata = new Map<string, string>()
    for await (const field of message.fields()) {
      this.parts = this.one('parts of nodes', this.parts, MOST_PARTS)
      if (field.number === 1) irVersion = field.value
      else if (field.number === 2) producer = await this.source.text(field)
      else if (field.number === 7)
        graph = await this.graph(this.inner(message, field, 'graph'), 'graph')
      else if (field.number === 8) {
        const place = `opset_import[${opsets.size}]`
        const [said, version] = await this.opset(this.inner(message, field, place))
        const domain = said === 'ai.onnx' ? '' : said
        if (!(version >= 1)) throw this.source.refused(place, 'a version from 1', `${version}`)
        // skl2onnx says the same one twice.
        if ((opsets.get(domain) ?? version) !== version)
          throw this.source.refused(place, 'one version of each domain', domain || 'ai.onnx')
        opsets.set(domain, version)
      } else if (field.number === 14) {
        const [key, value] = await readEntry(
          this.inner(message, field, 'metadata_props'),
          this.source,
        )
        metadata.set(key, value)
      }
    }
    if (graph === null) throw this.source.refused('graph', 'a graph', 'nothing')
    // IR versions 1 and 2 said nothing of it.
    if (irVersion >= 3 && opsets.size === 0)
      throw this.source.refused('opset_import', 'a version of the operators', 'nothing')
    return { irVersion, producer, opsets, metadata, graph }
  }

  private inner(message: WireMessage, field: WireField, place: string): WireMessage {
    if (field.wire !== 2) throw this.source.refused(place, 'a message', 'a number')
    return message.inner(field)
  }

  private async opset(message: WireMessage): Promise<readonly [string, number]> {
    let domain = ''
    let version = 0
    for await (const field of message.fields()) {
      if (field.number === 1) domain = await this.source.text(field)
      else if (field.number === 2) version = field.value
    }
    return [domain, version]
  }

  private async graph(message: WireMessage, place: string): Promise<OnnxGraph> {
    let name = ''
    const nodes: OnnxNode[] = []
    const initializers: OnnxTensor[] = []
    const inputs: OnnxPort[] = []
    const outputs: OnnxPort[] = []
    const inner = (field: WireField, part: string): WireMessage => this.inner(message, field, part)
    for await (const field of message.fields()) {
      await this.passed(field)
      switch (field.number) {
        case 1:
          nodes.push(
            await this.node(inner(field, `${place}.node`), `${place}.node[${nodes.length}]`),
          )
          break
        case 2:
          name = await this.source.text(field)
          break
        case 5: {
          const where = `${place}.initializer[${initializers.length}]`
          initializers.push(await this.tensor(inner(field, where), where))
          break
        }
        case 11:
          inputs.push(await this.port(inner(field, `${place}.input`)))
          break
        case 12:
          outputs.push(await this.port(inner(field, `${place}.output`)))
          break
        case 15: {
          const where = `${place}.sparse_initializer[${initializers.length}]`
          this.tensors = this.one('tensors', this.tensors, limits.tensors)
          initializers.push(await readSparseTensor(inner(field, where), this.source, where))
          break
        }
      }
    }
    return { name, nodes, initializers, inputs, outputs }
  }

  private async node(message: WireMessage, place: string): Promise<OnnxNode> {
    this.nodes = this.one('nodes', this.nodes, limits.layers)
    let [name, op, domain] = ['', '', '']
    const inputs: string[] = []
    const outputs: string[] = []
    const attributes = new Map<string, OnnxAttribute>()
    for await (const field of message.fields()) {
      await this.passed(field)
      this.parts = this.one('parts of nodes', this.parts, MOST_PARTS)
      if (field.number === 1) inputs.push(await this.source.text(field))
      else if (field.number === 2) outputs.push(await this.source.text(field))
      else if (field.number === 3) name = await this.source.text(field)
      else if (field.number === 4) op = await this.source.text(field)
      else if (field.number === 7) domain = await this.source.text(field)
      else if (field.number === 5) {
        const where = `${place}.attribute[${attributes.size}]`
        const [key, attribute] = await this.attribute(this.inner(message, field, where), where)
        if (attributes.has(key)) throw this.source.refused(where, 'a name of its own', key)
        attributes.set(key, attribute)
      }
    }
    if (op === '') throw this.source.refused(place, 'an op_type', 'nothing')
    if (domain === 'ai.onnx') domain = ''
    return { name, op, domain, inputs, outputs, attributes }
  }

  private async tensor(message: WireMessage, place: string): Promise<OnnxTensor> {
    this.tensors = this.one('tensors', this.tensors, limits.tensors)
    return readTensor(message, this.source, place)
  }

  /** Counts one more. */
  private one(field: string, before: number, limit: number): number {
    const found = before + 1
    if (found > limit)
      throw new StudioError('open/too-many', { file: this.source.file.path, field, found, limit })
    return found
  }

  private async attribute(
    message: WireMessage,
    place: string,
  ): Promise<readonly [string, OnnxAttribute]> {
    let name = ''
    let type = 0
    let isReference = false
    const held = new Map<number, WireField[]>()
    for await (const field of message.fields()) {
      if (field.number === 1) name = await this.source.text(field)
      else if (field.number === 20) type = field.value
      else if (field.number === 21) isReference = field.end > field.begin
      else if (valueFields.has(field.number)) {
        const known = held.get(field.number)
        if (known === undefined) held.set(field.number, [field])
        else known.push(field)
      }
    }
    if (name === '') throw this.source.refused(place, 'a name', 'nothing')
    const where = `${place} "${name}"`
    const [only] = held.keys()
    if (type !== 0 && !fieldOfType.has(type))
      throw this.source.refused(where, 'a known type', `${type}`)
    // Before IR version 3 the kind was not said.
    const said = type === 0 ? only : fieldOfType.get(type)
    // Only functions have values elsewhere.
    if (isReference) throw this.source.refused(where, 'a value', 'a reference to one')
    // Some tools write every field, those of other types empty.
    if (said !== undefined && held.size > 0 && !held.has(said))
      throw this.source.refused(where, 'a value of the type that it says', 'another')
    const fields = said === undefined ? [] : (held.get(said) ?? [])
    return [name, await this.valueOf(said, fields, message, where)]
  }

  private async valueOf(
    kind: number | undefined,
    fields: readonly WireField[],
    message: WireMessage,
    place: string,
  ): Promise<OnnxAttribute> {
    const { source } = this
    const [first] = fields
    switch (kind) {
      case 2:
        return {
          kind: 'float',
          value: first === undefined ? 0 : ((await source.floats(first))[0] ?? 0),
        }
      case 3:
        return { kind: 'whole', value: first?.value ?? 0 }
      case 4:
        return { kind: 'text', value: first === undefined ? '' : await source.text(first) }
      case 5:
        if (first === undefined) throw source.refused(place, 'a tensor', 'nothing')
        return {
          kind: 'tensor',
          value: await this.tensor(this.inner(message, first, place), place),
        }
      case 22:
        if (first === undefined) throw source.refused(place, 'a tensor', 'nothing')
        this.tensors = this.one('tensors', this.tensors, limits.tensors)
        return {
          kind: 'tensor',
          value: await readSparseTensor(this.inner(message, first, place), source, place),
        }
      case 6:
      case 11: {
        const graphs: OnnxGraph[] = []
        for (const field of fields)
          graphs.push(await this.graph(this.inner(message, field, place), place))
        return { kind: 'graphs', value: graphs }
      }
      case 7:
        return { kind: 'floats', value: await all(fields, (field) => source.floats(field)) }
      case 8:
        return { kind: 'wholes', value: await all(fields, (field) => source.wholes(field)) }
      case 9:
        return {
          kind: 'texts',
          value: await all(fields, async (field) => [await source.text(field)]),
        }
      default:
        return { kind: 'other' }
    }
  }

  /** A ValueInfoProto of a tensor. */
  private async port(message: WireMessage): Promise<OnnxPort> {
    this.parts = this.one('parts of nodes', this.parts, MOST_PARTS)
    let name = ''
    let tensor: Omit<OnnxPort, 'name'> = { type: null, shape: null }
    for await (const field of message.fields()) {
      if (field.number === 1) name = await this.source.text(field)
      else if (field.number === 2) {
        const type = this.inner(message, field, 'type')
        for await (const kind of type.fields())
          if (kind.number === 1)
            tensor = await this.tensorType(this.inner(type, kind, 'tensor_type'))
      }
    }
    return { name, ...tensor }
  }

  private async tensorType(message: WireMessage): Promise<Omit<OnnxPort, 'name'>> {
    let type: number | null = null
    let shape: (number | null)[] | null = null
    for await (const field of message.fields()) {
      if (field.number === 1) type = field.value
      else if (field.number === 2) {
        shape = []
        const sides = this.inner(message, field, 'shape')
        for await (const side of sides.fields())
          if (side.number === 1) shape.push(await sideOf(this.inner(sides, side, 'dim')))
      }
    }
    return { type: type === null ? null : typeOf(type), shape }
  }
}

/** Fields of AttributeProto that hold a value; others say what it is called and what it is for. */
const valueFields: ReadonlySet<number> = new Set([
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 22, 23],
])

/** The field that holds the value of an attribute, by AttributeProto.AttributeType. */
const fieldOfType: ReadonlyMap<number, number> = new Map([
  [1, 2],
  [2, 3],
  [3, 4],
  [4, 5],
  [5, 6],
  [6, 7],
  [7, 8],
  [8, 9],
  [9, 10],
  [10, 11],
  [11, 22],
  [12, 23],
  [13, 14],
  [14, 15],
])

async function sideOf(message: WireMessage): Promise<number | null> {
  let side: number | null = null
  for await (const field of message.fields())
    if (field.number === 1 && Number.isSafeInteger(field.value) && field.value > 0)
      side = field.value
  return side
}

async function all<Item>(
  fields: readonly WireField[],
  read: (field: WireField) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items: Item[] = []
  for (const field of fields) for (const item of await read(field)) items.push(item)
  return items
}
