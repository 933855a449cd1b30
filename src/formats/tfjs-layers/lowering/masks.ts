import type { ConfigReader } from '../../tfjs-files/config-reader'
import type { TopologyModel } from '../topology'
import type { Flowing, LoweredCall, Mask } from './lowered-call'

/** Layers that hand on the mask of what they read first. */
const handsOn: ReadonlySet<string> = new Set([
  ...['Dense', 'Activation', 'ReLU', 'PReLU', 'Dropout', 'SpatialDropout1D', 'TimeDistributed'],
  ...['GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['BatchNormalization', 'LayerNormalization'],
])

const overTime: ReadonlySet<string> = new Set(['SimpleRNN', 'GRU', 'LSTM', 'RNN', 'ConvLSTM2D'])

const sums: ReadonlySet<string> = new Set(['Add', 'Multiply', 'Average', 'Maximum', 'Minimum'])

function givesMask(className: string, { object }: ConfigReader): boolean {
  return className === 'Masking' || (className === 'Embedding' && object['mask_zero'] === true)
}

/** Does a layer of the model say which steps do not count? */
export function isMasked(model: TopologyModel): boolean {
  return model.layers.some(
    ({ className, config, model: inner }) =>
      givesMask(className, config) || (inner !== null && isMasked(inner)),
  )
}

/** What a layer says. */
export interface Spoken {
  readonly className: string
  readonly config: ConfigReader
  /** Of the layer in a Bidirectional. */
  readonly inner: ConfigReader | null
  readonly lead: number
  readonly inputs: readonly Flowing[]
  /** Of what it reads, in that order. */
  readonly masks: readonly (Mask | null)[]
}

/** Which steps of what a layer says count; null: nobody says that any does not. */
export function maskBehind(spoken: Spoken): Mask | null {
  const { className, config, inner, lead, inputs, masks } = spoken
  const [x] = inputs
  const [first = null] = masks
  if (x === undefined) return null
  if (className === 'Masking') {
    const padding = config.object['mask_value'] ?? 0
    return typeof padding === 'number' ? { kind: 'step', lead, x, padding } : 'unknown'
  }
  if (givesMask(className, config)) return { kind: 'word', lead, x }
  if (handsOn.has(className)) return first
  if (overTime.has(className)) return config.boolean('return_sequences', false) ? first : null
  if (className === 'Bidirectional')
    return inner?.boolean('return_sequences', false) === true ? first : null
  const some = masks.filter((mask) => mask !== null)
  if (some.length === 0) return null
  if (className === 'Concatenate') return together(spoken, x.rank, some)
  if (!sums.has(className)) return null
  // It puts a new axis before the batch. Of two the second is not looked at.
  return first === null && masks.length === 2 ? null : 'unknown'
}

/**
 * Along the last axis a step counts where it does in all of them. Along the steps all that are not masked count, which
 * TensorFlow.js can say of steps of one number alone.
 */
function together({ config, inputs, lead, masks }: Spoken, rank: number, some: Mask[]): Mask {
  const axis = Number(config.object['axis'] ?? -1)
  const place = axis < 0 ? axis + rank - lead + 1 : axis
  if (rank !== lead + 2 || some.includes('unknown')) return 'unknown'
  if (place === 2) return { kind: 'all', lead, of: some }
  if (place !== 1) return 'unknown'
  const of = inputs.map((x, at) => masks[at] ?? ({ kind: 'every', lead, x } as const))
  return { kind: 'joined', lead, of }
}

/** The mask as a value: truths, one for each step of each sample. Opaque where it is not known. */
export function maskOf(call: LoweredCall, mask: Mask): Flowing {
  const { x } = call
  if (mask === 'unknown' || mask.lead !== call.lead) {
    const { object: config } = call.config
    return call.node('opaque', { config, outputs: 1 }, [x], 2)
  }
  switch (mask.kind) {
    case 'word':
      return isOther(call, mask.x, 0)
    case 'every':
      return countsAll(call, mask.x)
    case 'step':
      return anyOf(call, isOther(call, mask.x, mask.padding))
    default: {
      const all = mask.of.map((one) => maskOf(call, one))
      const [one, ...others] = all
      if (one !== undefined && others.length === 0) return one
      if (mask.kind !== 'joined')
        return call.node('combine', { function: mask.kind === 'all' ? 'And' : 'Or' }, all)
      // As numbers: kernels of WebAssembly take truths that they move for as wide.
      const numbers = all.map((each) => call.node('cast', { to: 'float32' }, [each]))
      return isOther(call, call.node('concat', { axis: call.lead }, numbers), 0)
    }
  }
}

function countsAll(call: LoweredCall, x: Flowing): Flowing {
  return anyOf(call, call.node('combine', { function: 'Equal' }, [x, x], x.rank))
}

function anyOf(call: LoweredCall, x: Flowing): Flowing {
  const any = { function: 'Any', axes: [x.rank - 1], keepDims: false } as const
  return call.node('reduce', any, [x], x.rank - 1)
}

function isOther(call: LoweredCall, x: Flowing, than: number): Flowing {
  return call.node('combine', { function: 'NotEqual' }, [x, call.number(than)], x.rank)
}
