import type { LayerShape } from '../core/layer-macs'
import type { OpenedLayer } from '../formats/format'

/** The channel behind each index of a channel axis. */
export type Channels = readonly number[]
/** For each axis of a weight the channel behind each index; null where the axis has none that may go. */
export type Slices = readonly (Channels | null)[]

/** What a layer does to channels. */
export interface LayerEffect {
  /** Of its output; null where they are not known. */
  readonly channels: Channels | null
  /** Those that it makes itself; null where it only hands on. */
  readonly made: Channels | null
  readonly slices: ReadonlyMap<string, Slices>
  /** What it is to the channels that it gets; null: nothing of it changes with them. */
  readonly touches: 'followers' | 'readers' | null
  /** Its output must stay as it is. */
  readonly keeps: boolean
}

export interface LayerFacts {
  /** Channels of each input; null where they are not known. */
  readonly inputs: readonly (Channels | null)[]
  readonly output: LayerShape | undefined
  /** Of all weights, by name. */
  readonly shapes: ReadonlyMap<string, readonly number[]>
  readonly create: (count: number) => Channels
  /** Couples channels one by one. */
  readonly join: (left: Channels, right: Channels) => void
}

type Rule = (layer: OpenedLayer, facts: LayerFacts) => LayerEffect | null

const nothing = { made: null, slices: new Map<string, Slices>(), touches: null, keeps: false }

/** Hands channels on as they are: each is worked on by itself. */
const passes: Rule = (_layer, { inputs: [channels = null] }) => ({ ...nothing, channels })

/** An activation by name: softmax weighs channels against each other. */
function mixes({ config }: OpenedLayer): boolean {
  return config['activation'] === 'softmax' || config['activation'] === 'logSoftmax'
}

const activation: Rule = (layer, facts) => (mixes(layer) ? null : passes(layer, facts))

/** A kernel [..., in, out] with a bias [out]. */
const produces: Rule = (layer, { inputs: [input = null], shapes, create }) => {
  if (layer.config['data_format'] === 'channels_first') return null
  const [kernel, bias] = weightsOf(layer, ['kernel', 'bias'])
  const shape = shapes.get(kernel ?? '')
  const count = shape?.at(-1)
  if (kernel === undefined || shape === undefined || count === undefined) return null
  if (input !== null && input.length !== shape.at(-2)) return null
  const made = create(count)
  const slices = new Map<string, Slices>([
    [kernel, [...shape.slice(2).map(() => null), input, made]],
  ])
  if (bias !== undefined) slices.set(bias, [made])
  return { channels: made, made, slices, touches: 'readers', keeps: mixes(layer) }
}

/** Depthwise filters [h, w, in, m], then 1x1 filters [1, 1, in * m, out], and a bias [out]. */
const separable: Rule = (layer, { inputs: [input = null], shapes, create }) => {
  if (layer.config['data_format'] === 'channels_first') return null
  const [depthwise, pointwise, bias] = weightsOf(layer, [
    'depthwise_kernel',
    'pointwise_kernel',
    'bias',
  ])
  const deep = shapes.get(depthwise ?? '')
  const count = shapes.get(pointwise ?? '')?.at(-1)
  if (
    depthwise === undefined ||
    pointwise === undefined ||
    deep === undefined ||
    count === undefined
  )
    return null
  const [, , channels = 0, multiplier = 1] = deep
  if (input !== null && input.length !== channels) return null
  const made = create(count)
  const slices = new Map<string, Slices>([
    [depthwise, [null, null, input, null]],
    [pointwise, [null, null, input === null ? null : repeated(input, multiplier), made]],
  ])
  if (bias !== undefined) slices.set(bias, [made])
  return { channels: made, made, slices, touches: 'readers', keeps: mixes(layer) }
}

/** One filter or more for each channel: [h, w, in, m], and a bias [in * m]. */
const depthwise: Rule = (layer, { inputs: [input = null], shapes }) => {
  if (layer.config['data_format'] === 'channels_first') return null
  const [kernel, bias] = weightsOf(layer, ['depthwise_kernel', 'bias'])
  const shape = shapes.get(kernel ?? '')
  if (kernel === undefined || shape === undefined) return null
  if (input === null || input.length !== shape[2]) return null
  const channels = repeated(input, shape[3] ?? 1)
  const slices = new Map<string, Slices>([[kernel, [null, null, input, null]]])
  if (bias !== undefined) slices.set(bias, [channels])
  return { channels, made: null, slices, touches: 'followers', keeps: mixes(layer) }
}

const batchNormalization: Rule = (layer, { inputs: [input = null], output }) => {
  const { axis = -1 } = layer.config
  const last = axis === -1 || axis === (output?.length ?? NaN) - 1
  if (!last || input === null) return null
  const slices = new Map(layer.weightNames.map((name) => [name, [input]] as const))
  return { ...nothing, channels: input, slices, touches: 'followers' }
}

/** Rows of all positions one after the other: each channel comes again for every position. */
const flatten: Rule = (layer, { inputs: [input = null], output }) => {
  const count = output?.[1] ?? null
  if (layer.config['data_format'] === 'channels_first' || input === null || count === null)
    return null
  if (count % input.length !== 0) return null
  const channels = Array.from({ length: count }, (_, at) => input[at % input.length] ?? 0)
  return { ...nothing, channels }
}

/** Element by element: what is added to a channel goes with it. */
const merges: Rule = (_layer, { inputs, join }) => {
  const [first = null, ...others] = inputs
  if (first === null) return null
  for (const other of others) if (other?.length !== first.length) return null
  for (const other of others) join(first, other ?? first)
  return { ...nothing, channels: first }
}

const concatenates: Rule = (layer, facts) => {
  const { axis = -1 } = layer.config
  const { inputs, output } = facts
  if (axis !== -1 && axis !== (output?.length ?? NaN) - 1) return merges(layer, facts)
  const known = inputs.filter((channels) => channels !== null)
  if (known.length !== inputs.length) return null
  return { ...nothing, channels: known.flat() }
}

/** The data are given: none of their channels may go. */
const input: Rule = () => ({ ...nothing, channels: null })

const rules: Readonly<Record<string, Rule>> = {
  InputLayer: input,
  Dense: produces,
  Conv1D: produces,
  Conv2D: produces,
  SeparableConv2D: separable,
  DepthwiseConv2D: depthwise,
  BatchNormalization: batchNormalization,
  Activation: activation,
  Flatten: flatten,
  Concatenate: concatenates,
  ...Object.fromEntries(
    ['Add', 'Subtract', 'Multiply', 'Average', 'Maximum', 'Minimum'].map((name) => [name, merges]),
  ),
  ...Object.fromEntries(
    [
      'ReLU',
      'LeakyReLU',
      'ELU',
      'ThresholdedReLU',
      'Dropout',
      'SpatialDropout1D',
      'SpatialDropout2D',
      'GaussianNoise',
      'GaussianDropout',
      'AlphaDropout',
      'MaxPooling1D',
      'MaxPooling2D',
      'AveragePooling1D',
      'AveragePooling2D',
      'GlobalAveragePooling1D',
      'GlobalAveragePooling2D',
      'GlobalMaxPooling1D',
      'GlobalMaxPooling2D',
      'ZeroPadding2D',
      'Cropping2D',
      'UpSampling2D',
    ].map(
      (name) =>
        [
          name,
          (layer, facts) =>
            layer.config['data_format'] === 'channels_first' ? null : passes(layer, facts),
        ] as const satisfies readonly [string, Rule],
    ),
  ),
}

/** @returns null where nothing is known of the layer */
export function ruleFor(layer: OpenedLayer, facts: LayerFacts): LayerEffect | null {
  return rules[layer.className]?.(layer, facts) ?? null
}

function weightsOf(layer: OpenedLayer, ends: readonly string[]): (string | undefined)[] {
  return ends.map((end) => layer.weightNames.find((name) => name.endsWith(`/${end}`)))
}

/** Each channel `times` in a row. */
function repeated(channels: Channels, times: number): Channels {
  return times === 1
    ? channels
    : channels.flatMap((channel) => Array.from({ length: times }, () => channel))
}
