/** A layer, as far as the memory of a step is concerned. */
export interface LayerLoad {
  readonly name: string
  readonly className: string
  /** In the spelling of Keras. */
  readonly config: Readonly<Record<string, unknown>>
  /** Layers whose outputs it reads. */
  readonly inputs: readonly string[]
  /** Sides of what it reads first, for one sample. */
  readonly reads: readonly number[]
  /** Sides of its output for one sample. */
  readonly output: readonly number[]
  /** How often a pass runs it. */
  readonly calls: number
}

/**
 * How a backend trains. fast: our kernels, which share memory between a tensor and its clones and compute batch
 * normalisation, sums and ReLU in one. sharing: operators of TensorFlow.js that share memory. copying: operators that
 * copy each tensor which a gradient needs.
 */
export type MemoryStyle = 'fast' | 'sharing' | 'copying'

/** Numbers that a pass holds for one sample. */
export interface PassLoad {
  /** At the worst moment of the way there and back. */
  readonly training: number
  /** At the worst moment of the way there alone. */
  readonly forward: number
  /** Of the largest tensor. */
  readonly largest: number
}

/** What an operation keeps for its gradient; `joined`: it is one with the ReLU behind it. */
interface Keeps {
  readonly input: boolean
  readonly output: boolean
  /** Tensors in between, in sizes of the output. */
  readonly hidden: number
}

const keepsBoth: Keeps = { input: true, output: true, hidden: 0 }
const keepsInput: Keeps = { input: true, output: false, hidden: 0 }
const keepsOutput: Keeps = { input: false, output: true, hidden: 0 }
const keepsNothing: Keeps = { input: false, output: false, hidden: 0 }

const recurrent = new Set(['SimpleRNN', 'GRU', 'LSTM', 'RNN', 'Bidirectional', 'ConvLSTM2D'])
/** Numbers that each step in time keeps, in sizes of what it says: gates before and after, sums, products. */
const RECURRENT_KEEPS = 32

/** The same numbers under another shape. */
const reshapes = new Set(['Flatten', 'Reshape', 'InputLayer', 'Functional', 'Model', 'Sequential'])

/**
 * What the passes of a model hold on the backend for one sample: what gradients keep until the way back has come
 * there, and what the operation at hand reads and writes, twice for the padding of convolutions.
 */
export function passLoad(layers: readonly LayerLoad[], style: MemoryStyle): PassLoad {
  const sizes = new Map(layers.map(({ name, output }) => [name, product(output)]))
  const size = (name: string): number => sizes.get(name) ?? 0
  const readers = readersOf(layers)
  const rooms = aliasesOf(layers, readers, style)
  const joined = (name: string): boolean =>
    readers
      .get(name)
      ?.some((reader) => rooms.get(reader.name) === name && !reshapes.has(reader.className)) ===
    true
  const keeps = new Map(
    layers.map((layer) => [layer.name, keepsOf(layer, style, joined(layer.name))]),
  )
  const kept = new Set<string>()
  for (const layer of layers) {
    if (keeps.get(layer.name)?.output === true) kept.add(roomOf(rooms, layer.name))
    if (keeps.get(layer.name)?.input === true)
      for (const input of layer.inputs) kept.add(roomOf(rooms, input))
  }
  const copies = style === 'copying' ? 2 : 1
  let held = 0
  let training = 0
  for (const layer of layers) {
    const { name, calls, inputs } = layer
    const own = rooms.has(name) || !kept.has(name) ? 0 : size(name)
    held += calls * (own * copies + hiddenOf(layer, keeps.get(name)))
    const reads = inputs.reduce((sum, input) => sum + size(input), 0)
    training = Math.max(training, held + 2 * (size(name) + reads))
  }
  return {
    training,
    forward: forwardLoad(layers, readers, rooms, size),
    largest: Math.max(1, ...sizes.values()),
  }
}

function keepsOf(
  { className, config, inputs }: LayerLoad,
  style: MemoryStyle,
  joined: boolean,
): Keeps {
  switch (className) {
    case 'InputLayer':
    case 'Flatten':
    case 'Reshape':
      return keepsNothing
    case 'BatchNormalization':
      return style === 'fast' ? keepsInput : { ...keepsInput, hidden: 2 }
    case 'Add':
      // A sum that a ReLU follows is one operation with it.
      return joined && inputs.length === 2 ? keepsOutput : keepsInput
    case 'ReLU':
    case 'Activation':
      return style === 'fast' ? keepsOutput : keepsBoth
    case 'Dropout':
    case 'SpatialDropout1D':
    case 'SpatialDropout2D':
      return { ...keepsBoth, hidden: 2 }
    case 'Conv2D':
    case 'Conv1D':
    case 'Dense':
      return {
        ...keepsBoth,
        hidden: activates(config) ? (config['use_bias'] === false ? 1 : 2) : 0,
      }
    case 'DepthwiseConv2D':
      return {
        ...keepsBoth,
        hidden: Number(config['use_bias'] !== false) + Number(activates(config)),
      }
    case 'SeparableConv2D':
    case 'Conv2DTranspose':
      return { ...keepsBoth, hidden: 2 }
    case 'AveragePooling2D':
    case 'ZeroPadding2D':
    case 'Concatenate':
    case 'GlobalAveragePooling2D':
      return keepsInput
    case 'MaxPooling2D':
      return keepsBoth
    default:
      return { ...keepsBoth, hidden: 1 }
  }
}

function activates(config: LayerLoad['config']): boolean {
  const activation = config['activation'] ?? 'linear'
  return activation !== 'linear'
}

/** In numbers. */
function hiddenOf({ className, output, reads }: LayerLoad, keeps: Keeps | undefined): number {
  if (!recurrent.has(className)) return (keeps?.hidden ?? 0) * product(output)
  const [steps = 1] = reads
  return RECURRENT_KEEPS * steps * (output.at(-1) ?? 1)
}

function readersOf(layers: readonly LayerLoad[]): ReadonlyMap<string, readonly LayerLoad[]> {
  const readers = new Map<string, LayerLoad[]>(layers.map(({ name }) => [name, []]))
  for (const layer of layers) for (const input of layer.inputs) readers.get(input)?.push(layer)
  return readers
}

/** By layer that says what another has said already, that other one. */
function aliasesOf(
  layers: readonly LayerLoad[],
  readers: ReadonlyMap<string, readonly LayerLoad[]>,
  style: MemoryStyle,
): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>()
  const classes = new Map(layers.map(({ name, className }) => [name, className]))
  for (const { name, className, config, inputs } of layers) {
    const [input, ...others] = inputs
    if (input === undefined || others.length > 0) continue
    const follows = classes.get(input) === 'BatchNormalization' || classes.get(input) === 'Add'
    const alone = readers.get(input)?.length === 1
    if (reshapes.has(className)) aliases.set(name, input)
    else if (style === 'fast' && follows && alone && isPlainRelu(className, config))
      aliases.set(name, input)
  }
  return aliases
}

function isPlainRelu(className: string, config: LayerLoad['config']): boolean {
  if (className === 'Activation') return config['activation'] === 'relu'
  return className === 'ReLU' && (config['max_value'] ?? null) === null
}

function roomOf(aliases: ReadonlyMap<string, string>, name: string): string {
  let room = name
  for (let next = aliases.get(room); next !== undefined; next = aliases.get(room)) room = next
  return room
}

/** What lies there at the worst moment, where a layer's output goes once all have read it. */
function forwardLoad(
  layers: readonly LayerLoad[],
  readers: ReadonlyMap<string, readonly LayerLoad[]>,
  rooms: ReadonlyMap<string, string>,
  size: (name: string) => number,
): number {
  const waiting = new Map<string, number>()
  for (const [name, reading] of readers) {
    const room = roomOf(rooms, name)
    waiting.set(room, (waiting.get(room) ?? 0) + reading.length)
  }
  let live = 0
  let most = 0
  for (const layer of layers) {
    const { name, inputs } = layer
    const reads = inputs.reduce((sum, input) => sum + size(input), 0)
    if (!rooms.has(name)) live += size(name)
    // A padded copy of what is read, and one of what is written; steps in time stay until the last.
    most = Math.max(most, live + reads + size(name) + hiddenOf(layer, undefined))
    for (const input of inputs) {
      const room = roomOf(rooms, input)
      const left = (waiting.get(room) ?? 0) - 1
      waiting.set(room, left)
      if (left === 0) live -= size(room)
    }
  }
  return most
}

function product(sides: readonly number[]): number {
  return sides.reduce((result, side) => result * side, 1)
}
