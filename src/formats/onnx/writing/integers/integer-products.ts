import { floatIn, wholeIn, wholesIn } from '../edited-node'
import type { GraphNode, OpenGraph } from '../graph-editor'

/** A product with a weight, as kernels for whole numbers compute it: what stands around it in the file is part of it. */
export interface IntegerProduct {
  readonly op: 'Conv' | 'Gemm' | 'MatMul'
  readonly node: GraphNode
  readonly input: string
  /** The last value of it: behind a normalisation that it takes in. */
  readonly output: string
  /** By the name of its numbers. */
  readonly weight: string
  /** Sides of the weight in the file. */
  readonly held: readonly number[]
  /** How the operator reads them: axis `at` of what it reads is axis `perm[at]`. */
  readonly perm: readonly number[]
  /** Of what it reads: along it lie output channels. */
  readonly axis: number
  /** Another weight, by the name of its numbers; null: there is none. */
  readonly bias: string | null
  readonly norm: Normalisation | null
  /** The addition of a bias behind a `MatMul`; of rows both are a `Gemm`, which takes the bias as codes. */
  readonly sum: BiasSum | null
  /** Nodes that it takes the place of, itself among them. */
  readonly taken: readonly GraphNode[]
}

export interface BiasSum {
  readonly node: GraphNode
  readonly bias: string
  readonly output: string
}

/** A batch normalisation behind a convolution, by the names of its weights. */
export interface Normalisation {
  readonly factor: string
  readonly shift: string
  readonly mean: string
  readonly variance: string
  readonly epsilon: number
}

/** As `BatchNormalization` of ONNX has it. */
const EPSILON = 1e-5

/** All products of a graph with a weight of its own; those that share one, or whose weight a node makes, are none. */
export function integerProducts(graph: OpenGraph): readonly IntegerProduct[] {
  return graph.nodes.flatMap((one) => productOf(graph, one) ?? [])
}

function productOf(graph: OpenGraph, node: GraphNode): IntegerProduct | null {
  const { domain, inputs, op, outputs } = node.node
  const [input = '', weight = '', bias = ''] = inputs
  const [output = ''] = outputs
  if (domain !== '' || (op !== 'Conv' && op !== 'Gemm' && op !== 'MatMul')) return null
  const kernel = kernelOf(graph, weight)
  if (kernel === null || graph.placed.has(input) || graph.constants.has(input)) return null
  const rank = kernel.held.length
  if (op === 'Conv' ? rank < 3 : rank !== 2) return null
  if (op === 'Gemm' && !isPlain(node)) return null
  const own = bias === '' ? null : ownWeight(graph, bias, 1)
  if (bias !== '' && own === null) return null
  const axis = op === 'Conv' || wholeIn(node.node.attributes.get('transB')) === 1 ? 0 : 1
  const channels = kernel.held[kernel.perm[axis] ?? axis]
  if (own !== null && graph.placed.get(own)?.shape[0] !== channels) return null
  const norm = op === 'Conv' ? normBehind(graph, output) : null
  return {
    ...{ op, node, input, weight: kernel.weight, held: kernel.held, perm: kernel.perm, axis },
    ...{ bias: own, norm: norm?.norm ?? null, output: norm?.output ?? output },
    sum: op === 'MatMul' ? sumBehind(graph, output, kernel.held[kernel.perm[1] ?? 1] ?? 0) : null,
    taken: [node, ...kernel.turn, ...(norm === null ? [] : [norm.node])],
  }
}

function sumBehind(graph: OpenGraph, value: string, columns: number): BiasSum | null {
  const node = graph.onlyReader(value)
  if (node?.node.op !== 'Add' || node.node.domain !== '') return null
  const other = node.node.inputs.find((name) => name !== value) ?? ''
  const bias = ownWeight(graph, other, 1)
  const isOfColumns = graph.placed.get(other)?.shape[0] === columns
  const [output = ''] = node.node.outputs
  return bias !== null && isOfColumns ? { node, bias, output } : null
}

/** Gemm without factors, of rows. */
function isPlain({ node: { attributes } }: GraphNode): boolean {
  const isOne = (name: string): boolean => [null, 1].includes(floatIn(attributes.get(name)))
  return isOne('alpha') && isOne('beta') && (wholeIn(attributes.get('transA')) ?? 0) === 0
}

interface Kernel {
  readonly weight: string
  readonly held: readonly number[]
  readonly perm: readonly number[]
  readonly turn: readonly GraphNode[]
}

/** A weight that nobody else reads, or one that a node turns for one reader. */
function kernelOf(graph: OpenGraph, value: string): Kernel | null {
  const direct = ownWeight(graph, value)
  const shapeOf = (name: string): readonly number[] => graph.placed.get(name)?.shape ?? []
  if (direct !== null) {
    const held = shapeOf(direct)
    return { weight: direct, held, perm: held.map((_, at) => at), turn: [] }
  }
  const maker = graph.makers.get(value)
  const [before = ''] = maker?.node.inputs ?? []
  if (maker?.node.op !== 'Transpose' || graph.onlyReader(value) === null) return null
  const turned = ownWeight(graph, before)
  const held = shapeOf(before)
  const perm =
    wholesIn(maker.node.attributes.get('perm')) ?? held.map((_, at) => held.length - 1 - at)
  return turned === null ? null : { weight: turned, held, perm, turn: [maker] }
}

/** @returns the name of a weight of float32 that has elements and one reader; null: it is none */
export function ownWeight(graph: OpenGraph, name: string, rank?: number): string | null {
  const held = graph.placed.get(name)
  const isOf = held?.place.type === 'F32' && held.place.weight === name
  if (!isOf || (rank !== undefined && held.shape.length !== rank)) return null
  if (held.shape.includes(0)) return null
  return graph.onlyReader(name) === null ? null : name
}

function normBehind(graph: OpenGraph, value: string) {
  const node = graph.onlyReader(value)
  if (node?.node.op !== 'BatchNormalization' || node.node.domain !== '') return null
  const { attributes, inputs, outputs } = node.node
  const [input, ...names] = inputs
  const [factor, shift, mean, variance] = names.map((name) => ownWeight(graph, name, 1))
  const isTraining = (wholeIn(attributes.get('training_mode')) ?? 0) !== 0
  const [output = '', ...more] = outputs.filter((name) => name !== '')
  if (input !== value || isTraining || more.length > 0) return null
  if (factor == null || shift == null || mean == null || variance == null) return null
  const epsilon = floatIn(attributes.get('epsilon')) ?? EPSILON
  return { node, output, norm: { factor, shift, mean, variance, epsilon } }
}
