import type { GraphNode, NodeOf, OpAttributes, OpName, Unary } from '../graph/operators'
import { stepSides, timeAxis } from '../graph/shapes/recurrent-shapes'
import { plus, product, times } from '../graph/sides/side'
import type { Side, Sides } from '../graph/sides/side'
import { without } from '../graph/sides/sides'

/**
 * How a backend trains. fast: our kernels, which share memory between a tensor and its clones and compute batch
 * normalisation, sums and ReLU in one. sharing: operators of TensorFlow.js that share memory. copying: operators that
 * copy each tensor which a gradient needs.
 */
export type MemoryStyle = 'fast' | 'sharing' | 'copying'

/** An operator at its place in a model that trains. */
export interface Placed {
  readonly style: MemoryStyle
  /** The ReLU behind it is one with it. */
  readonly joined: boolean
  /** Values that it reads, parameters apart. */
  readonly reads: number
  /** What it reads has the sides of what it gives. */
  readonly even: boolean
  /** Numbers of one sample in what it gives. */
  readonly size: number
  /** Sides of what it reads first. */
  readonly sides: Sides | undefined
  /** So many of a batch, for one sample. */
  readonly ofSample: (numbers: Side) => number
}

/** What an operation keeps for its gradient. Inputs and output are kept once, whoever else keeps them. */
export interface Kept {
  readonly inputs: boolean
  readonly output: boolean
  /** Numbers in between, of one sample. */
  readonly hidden: number
  /** Numbers that its gradient makes on the way, beyond those of what it reads and gives and a copy of each. */
  readonly passing: number
}

type KeepRule<Op extends OpName> = (node: NodeOf<Op>, place: Placed) => Kept

const nothing: Kept = { inputs: false, output: false, hidden: 0, passing: 0 }
const input: Kept = { ...nothing, inputs: true }
const output: Kept = { ...nothing, output: true }
const both: Kept = { ...input, output: true }

const keepsNothing = (): Kept => nothing
const keepsInput = (): Kept => input
const keepsBoth = (): Kept => both

/** The input, and so many tensors in between of the size of the output. */
const keepsInputAnd =
  (hidden: number) =>
  (_: unknown, { size }: Pick<Placed, 'size'>): Kept => ({ ...input, hidden: hidden * size })

/** A bias is added in an operation of its own, which keeps what it is added to. */
const addsBias: KeepRule<'conv' | 'depthwiseConv' | 'transposedConv'> = (
  { inputs: [, , bias = null] },
  { size },
) => ({ ...input, hidden: bias === null ? 0 : size })

/** One operation with its bias, and with the ReLU behind it, of which it then keeps what that says. */
const inOne: KeepRule<'conv' | 'depthwiseConv' | 'matMul'> = (node, place) => {
  if (isWeighed(node)) return place.joined ? both : input
  return addsBias(node as NodeOf<'conv'>, place)
}

function isWeighed(node: GraphNode): boolean {
  if (node.op === 'conv') return node.attributes.strides.length < 3 && node.attributes.groups === 1
  if (node.op === 'depthwiseConv') return node.attributes.strides.length < 3
  return node.op === 'matMul'
}

/** Statistics of TensorFlow.js keep differences and squares; along the last axis there are gradients of our own. */
const batchNormalization: KeepRule<'batchNormalization'> = (node, place) => {
  if (isOneKernel(node, place)) return input
  const isLast =
    node.attributes.axis === -1 || node.attributes.axis === (place.sides?.length ?? 0) - 1
  return isLast
    ? { ...input, passing: 4 * place.size }
    : { ...both, hidden: 2 * place.size, passing: 7 * place.size }
}

/** Whether one operation does all of it, which may do a ReLU as well. */
export function isOneKernel(node: GraphNode, place: Omit<Placed, 'joined'>): boolean {
  if (isWeighed(node)) return true
  if (place.style !== 'fast') return false
  if (node.op === 'combine') return node.attributes.function === 'Add' && place.reads === 2
  if (node.op !== 'batchNormalization') return false
  const { axis } = node.attributes
  return axis === -1 || axis === (place.sides?.length ?? 0) - 1
}

/** Statistics, scale and offset are spread over all places. */
const layerNormalization: KeepRule<'layerNormalization'> = (_, { size }) => ({
  ...input,
  hidden: 5 * size,
  passing: 12 * size,
})

/** Functions that keep something else than what they read: tensors of the size of the output. */
const ofFunctions: Partial<Record<Unary['function'], Kept>> = {
  ...{ Exp: output, Sigmoid: output, Tanh: output, Elu: output },
  ...{ Neg: nothing, Sign: nothing, Floor: nothing, Ceil: nothing, Round: nothing, Not: nothing },
  ...{ IsNaN: nothing, IsInf: nothing, IsFinite: nothing },
  Selu: { ...input, passing: 2 },
  Celu: { ...input, hidden: 2 },
  Affine: { ...input, hidden: 1 },
  Softsign: { ...input, hidden: 2, passing: 2 },
  HardSigmoid: { ...input, hidden: 2 },
  HardSwish: { ...input, hidden: 3 },
  ThresholdedRelu: { ...input, hidden: 1 },
  Swish: { ...input, hidden: 1 },
  Mish: { ...input, hidden: 1 },
}

const unary: KeepRule<'unary'> = ({ attributes }, { style, size }) => {
  const name = attributes.function
  if (name === 'Clip') return attributes.least === null || attributes.most === null ? input : output
  if (name === 'Relu') return style === 'fast' ? output : input
  if (name === 'Gelu')
    return { ...input, hidden: (attributes.approximate === 'none' ? 4 : 6) * size }
  const { hidden, passing, ...kept } = ofFunctions[name] ?? input
  return { ...kept, hidden: hidden * size, passing: passing * size }
}

/** Of more than two one is taken after the other. */
const combine: KeepRule<'combine'> = ({ attributes: { function: name } }, place) => {
  const { even, joined, reads, size } = place
  const others = Math.max(0, reads - 2) * size
  switch (name) {
    case 'Add':
      if (joined) return output
      return reads === 2 && even ? nothing : { ...input, hidden: others }
    case 'Mean':
      return { ...input, hidden: others + size }
    case 'Pow':
      return { ...both, hidden: others }
    case 'DivNoNan':
      return { ...input, hidden: others + size }
    case 'Equal':
    case 'NotEqual':
    case 'Greater':
    case 'GreaterOrEqual':
    case 'Less':
    case 'LessOrEqual':
    case 'And':
    case 'Or':
    case 'Xor':
      return nothing
    default:
      return { ...input, hidden: others }
  }
}

const reduce: KeepRule<'reduce'> = ({ attributes: { function: name } }, { sides, ofSample }) => {
  switch (name) {
    case 'Sum':
    case 'Mean':
    case 'Prod':
      return input
    case 'Max':
    case 'Min':
      return both
    case 'All':
    case 'Any':
      return nothing
    default:
      return { ...both, hidden: 2 * ofSample(product(sides)) }
  }
}

type NoiseKind = OpAttributes['noise']['kind']
type OfNoise = { readonly [Kind in NoiseKind]: number }

/** What random numbers are made into, as long as a gradient needs it. */
const keptOfNoise: OfNoise = { Dropout: 1, AlphaDropout: 6, GaussianDropout: 1, GaussianNoise: 1 }
/** The same with the tensors in between, where nothing is learnt. */
const allOfNoise: OfNoise = { ...keptOfNoise, Dropout: 3 }

function ofNoise(
  { attributes: { kind, shared } }: NodeOf<'noise'>,
  { sides, ofSample }: Pick<Placed, 'sides' | 'ofSample'>,
  tensors: OfNoise,
): number {
  return tensors[kind] * ofSample(product(sides && without(sides, new Set(shared))))
}

/** Each step keeps gates before and after, sums and products, in sizes of the state. */
const gates: { readonly [Kind in OpAttributes['recurrent']['cells'][number]['kind']]: number } = {
  ...{ simple: 6, gru: 28, lstm: 32, convLstm: 32 },
}

/** Of all cells and directions: numbers of their states in all steps, each so often. */
function overTime(
  { attributes: { cells, directions, window } }: NodeOf<'recurrent'>,
  { sides, ofSample }: Pick<Placed, 'sides' | 'ofSample'>,
  often: (kind: keyof typeof gates) => number,
): number {
  const time = timeAxis(sides?.length ?? 0, window)
  if (sides === undefined || time < 1) return 0
  const step = without(sides, new Set([time]))
  let all: Side = 0
  for (const { kind, units } of cells) {
    const state = stepSides(step, units, window)
    all = plus(all, times(product(state ?? undefined), often(kind)))
  }
  return ofSample(times(times(all, sides[time]), directions === null ? 1 : 2))
}

/** Where nothing is learnt: what all steps read, multiplied at once and then row by row, and states until the last step. */
const heldOfSteps: typeof gates = { simple: 6, gru: 8, lstm: 11, convLstm: 11 }

/** Numbers of one sample that stay in an operation until it is done, where nothing is learnt. */
export function heldWithin(node: GraphNode, place: Placed): number {
  switch (node.op) {
    case 'recurrent':
      return (
        overTime(node, place, (kind) => heldOfSteps[kind]) +
        2 * place.ofSample(product(place.sides))
      )
    case 'unary':
      return unary(node, place).hidden
    case 'noise':
      return ofNoise(node, place, allOfNoise)
    case 'layerNormalization':
      return layerNormalization(node, place).hidden
    default:
      return 0
  }
}

/** What every operator keeps for its gradient. */
export const keepRules: { readonly [Op in OpName]: KeepRule<Op> } = {
  conv: inOne,
  depthwiseConv: inOne,
  transposedConv: addsBias,
  matMul: inOne,
  dot: ({ attributes: { normalize } }, { sides, ofSample }) =>
    normalize ? { ...input, hidden: 4 * ofSample(product(sides)) } : input,
  batchNormalization,
  layerNormalization,
  localResponseNormalization: keepsBoth,
  pool: ({ attributes }) => (attributes.function === 'Max' ? both : input),
  reduce,
  unary,
  prelu: (_, { size }) => ({ ...input, passing: 2 * size }),
  combine,
  softmax: () => output,
  identity: keepsNothing,
  noise: (node, place) => ({ ...input, hidden: ofNoise(node, place, keptOfNoise) }),
  concat: keepsInput,
  stack: keepsInput,
  split: keepsNothing,
  reshape: keepsNothing,
  squeeze: keepsNothing,
  unsqueeze: keepsNothing,
  transpose: keepsNothing,
  pad: keepsInput,
  slice: keepsInputAnd(1),
  gather: keepsInput,
  expand: keepsNothing,
  tile: keepsInput,
  resize: keepsInput,
  depthToSpace: keepsNothing,
  cast: keepsNothing,
  where: keepsInput,
  shape: keepsNothing,
  argExtreme: keepsNothing,
  fill: keepsNothing,
  range: keepsNothing,
  einsum: keepsInputAnd(2),
  topK: keepsInput,
  cumulative: keepsInput,
  oneHot: keepsNothing,
  gatherND: keepsInput,
  scatter: keepsInput,
  nonMaxSuppression: keepsNothing,
  recurrent: (node, place) => ({
    ...both,
    hidden: overTime(node, place, (kind) => gates[kind]),
  }),
  opaque: (_, { size }) => ({ ...both, hidden: size }),
}
