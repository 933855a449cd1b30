import { canDecode } from './decoded-weight'
import type {
  DecodedBy,
  OnnxAttribute,
  OnnxGraph,
  OnnxNode,
  OnnxTensor,
  OnnxType,
} from './onnx-model'

/** TensorProto.DataType, as `Cast` names types. */
const [FLOAT, INT32] = [1, 6] as const

/** Types other than float32 that a file may compute with, by the same numbers. */
const otherFloats = new Map<number, OnnxType>([
  [10, 'F16'],
  [11, 'F64'],
  [16, 'BF16'],
])

/**
 * A graph whose weights stand in the place of the codes and nodes by which the studio stores them: codes called after the
 * weight, and the operators that make it of them, under its own name. Nodes of other files look so seldom that nothing is lost.
 */
export function withOwnWeights(graph: OnnxGraph): OnnxGraph {
  const nodes = graph.nodes.map(withInnerWeights)
  const found = new Decodings({ ...graph, nodes })
  const taken = new Map<string, OnnxTensor>()
  const gone = new Set<string>()
  for (const node of nodes) {
    const weight = found.of(node)
    if (weight === null || weight.data.kind !== 'decoded') continue
    taken.set(weight.data.codes.name, weight)
    for (const name of [weight.name, ...weight.data.names]) gone.add(name)
  }
  if (taken.size === 0) return { ...graph, nodes }
  return {
    ...graph,
    initializers: graph.initializers.flatMap((tensor) => {
      const weight = taken.get(tensor.name)
      return weight !== undefined ? [weight] : gone.has(tensor.name) ? [] : [tensor]
    }),
    nodes: nodes.flatMap((node) => {
      const [output = ''] = node.outputs
      const weight = node.op === 'Constant' ? taken.get(output) : undefined
      if (weight === undefined) return gone.has(output) ? [] : [node]
      const attributes = new Map([['value', { kind: 'tensor', value: weight } as const]])
      return [{ ...node, outputs: [weight.name], attributes }]
    }),
  }
}

function withInnerWeights(node: OnnxNode): OnnxNode {
  const held = [...node.attributes].map(([name, attribute]): [string, OnnxAttribute] => [
    name,
    attribute.kind === 'graphs'
      ? { kind: 'graphs', value: attribute.value.map(withOwnWeights) }
      : attribute,
  ])
  return { ...node, attributes: new Map(held) }
}

class Decodings {
  private readonly tensors: ReadonlyMap<string, OnnxTensor>
  private readonly makers: ReadonlyMap<string, OnnxNode>
  /** How often a value is read. */
  private readonly uses = new Map<string, number>()

  constructor(graph: OnnxGraph) {
    const constants = graph.nodes.flatMap(({ attributes, op, outputs: [name = ''] }) => {
      const value = op === 'Constant' ? attributes.get('value') : undefined
      return value?.kind === 'tensor' ? [{ ...value.value, name }] : []
    })
    this.tensors = new Map([...graph.initializers, ...constants].map((one) => [one.name, one]))
    this.makers = new Map(graph.nodes.flatMap((one) => one.outputs.map((name) => [name, one])))
    this.count(graph)
  }

  private count({ nodes, outputs }: OnnxGraph): void {
    const read = [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)]
    for (const name of read) this.uses.set(name, (this.uses.get(name) ?? 0) + 1)
    for (const { attributes } of nodes)
      for (const attribute of attributes.values())
        if (attribute.kind === 'graphs') for (const inner of attribute.value) this.count(inner)
  }

  /** The weight that a node gives; null: it gives something else. */
  of(node: OnnxNode): OnnxTensor | null {
    const [name = '', ...others] = node.outputs
    if (node.domain !== '' || name === '' || others.length > 0) return null
    const made = this.made(node, name)
    return made === null || !canDecode(made.codes, made.by) ? null : weightOf(name, made)
  }

  private made(node: OnnxNode, name: string): Made | null {
    const [first = '', second = '', third = ''] = node.inputs
    switch (node.op) {
      case 'DequantizeLinear': {
        const codes = this.named(first, name, 'quantized')
        const scale = this.tensors.get(second)
        const zeroPoint = third === '' ? null : this.tensors.get(third)
        if (codes === null || scale === undefined || zeroPoint === undefined) return null
        return { codes, by: { kind: 'scaled', node, scale, zeroPoint }, names: [second, third] }
      }
      case 'Cast': {
        const type = otherFloats.get(castOf(node) ?? 0)
        if (type !== undefined) return this.cast(name, first, type)
        const codes = this.named(first, name, 'float16')
        if (codes?.type !== 'F16' || !isTo(node, FLOAT)) return null
        return { codes, by: { kind: 'halves' }, names: [] }
      }
      case 'Gather':
        return node.attributes.has('axis') ? null : this.ofTable(name, first, second)
      case 'Mul':
        return this.shifted(name, first, second)
      default:
        return null
    }
  }

  /** A weight of a file that computes with other floats, which it becomes last of all. */
  private cast(name: string, real: string, type: OnnxType): Made | null {
    const maker = ['DequantizeLinear', 'Gather', 'Mul']
      .map((op) => this.step(real, op))
      .find((found) => found !== null)
    const made = maker === undefined ? null : this.made(maker, name)
    return made && { ...made, names: [real, ...made.names], type }
  }

  private ofTable(name: string, ofLevels: string, index: string): Made | null {
    const levels = this.tensors.get(ofLevels)
    const sum = this.step(index, 'Add')
    const [ofCodes = '', ofStarts = ''] = sum === null ? [index] : sum.inputs
    const cast = this.castCodes(name, ofCodes, INT32)
    const starts = sum === null ? null : this.tensors.get(ofStarts)
    const isTable = levels?.type === 'F32' && levels.shape.length === 1 && starts !== undefined
    if (!isTable || cast === null || (starts !== null && starts.type !== 'I32')) return null
    const names = [ofLevels, index, ofCodes, ofStarts]
    return { codes: cast, by: { kind: 'table', levels, starts }, names }
  }

  private shifted(name: string, ofSum: string, ofScale: string): Made | null {
    const [ofCodes = '', ofOffset = ''] = this.step(ofSum, 'Add')?.inputs ?? []
    const codes = this.castCodes(name, ofCodes, FLOAT)
    const [offset, scale] = [this.tensors.get(ofOffset), this.tensors.get(ofScale)]
    if (codes === null || offset?.type !== 'F32' || scale?.type !== 'F32') return null
    const names = [ofSum, ofCodes, ofOffset, ofScale]
    return { codes, by: { kind: 'shifted', offset, scale }, names }
  }

  /** What a cast is given, where that is the codes of a weight. */
  private castCodes(weight: string, value: string, type: number): OnnxTensor | null {
    const node = this.step(value, 'Cast')
    return node === null || !isTo(node, type)
      ? null
      : this.named(node.inputs[0] ?? '', weight, 'quantized')
  }

  /** The node that makes a value which is read once. */
  private step(value: string, op: string): OnnxNode | null {
    const maker = this.makers.get(value)
    return maker?.op === op && maker.domain === '' && this.uses.get(value) === 1 ? maker : null
  }

  /** A tensor that is called after a weight, and read once. */
  private named(name: string, weight: string, part: string): OnnxTensor | null {
    const stem = `${weight}_${part}`
    const isNamed = name.startsWith(stem) && /^_*$/.test(name.slice(stem.length))
    return isNamed && this.uses.get(name) === 1 ? (this.tensors.get(name) ?? null) : null
  }
}

interface Made {
  readonly codes: OnnxTensor
  readonly by: DecodedBy
  readonly names: readonly string[]
  /** That it has; left out: float32. */
  readonly type?: OnnxType
}

/** The type that a `Cast` gives. */
function castOf({ attributes }: OnnxNode): number | null {
  const to = attributes.get('to')
  return to?.kind === 'whole' ? to.value : null
}

function isTo(node: OnnxNode, type: number): boolean {
  return castOf(node) === type
}

function weightOf(name: string, { by, codes, names, type = 'F32' }: Made): OnnxTensor {
  return {
    ...{ name, shape: codes.shape, type },
    data: { kind: 'decoded', codes, by, names: [...new Set(names)].filter((one) => one !== '') },
    ...{ message: codes.message, place: codes.place },
  }
}
