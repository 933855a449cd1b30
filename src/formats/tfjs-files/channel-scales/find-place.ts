import { nameOf } from './layer-levels'
import type { LayerEntry, LayerLevel } from './layer-levels'

/** Where the scales of a layer's channels go. */
export interface ScalePlace {
  /** The normalization that takes them; null: one is put behind `behind`. */
  readonly into: string | null
  /** The last layer that passes them on: the layer itself, or what follows it. */
  readonly behind: string
  /** Whether the layer's own activation passes them on; otherwise it becomes a layer behind. */
  readonly keepsActivation: boolean
}

type Config = Readonly<Record<string, unknown>>

/** Axes of what a layer gives, with the batch; null: as many as it reads. */
const scaled: Readonly<Record<string, number | null>> = {
  Dense: null,
  Conv1D: 3,
  Conv2D: 4,
  Conv2DTranspose: 4,
  DepthwiseConv2D: 4,
}

const always = (): boolean => true

/** Layers that give c times as much where they read c times as much, c > 0, channel by channel. */
const passing: Readonly<Record<string, (config: Config) => boolean>> = {
  ReLU: ({ max_value: most = null, threshold = 0 }) => most === null && (threshold ?? 0) === 0,
  LeakyReLU: always,
  Activation: ({ activation }) => isHomogeneous(activation),
  MaxPooling1D: isLast,
  MaxPooling2D: isLast,
  AveragePooling1D: isLast,
  AveragePooling2D: isLast,
  GlobalMaxPooling1D: isLast,
  GlobalMaxPooling2D: isLast,
  GlobalAveragePooling1D: isLast,
  GlobalAveragePooling2D: isLast,
  // Nothing but a name where nobody trains.
  Dropout: always,
  SpatialDropout1D: always,
}

/**
 * Looks behind a layer for who can take the scales of its channels.
 * @param rank axes of what the layer gives, where it can be told; null: unknown
 * @returns null where the layer has no such channels, or runs more than once
 */
export function findPlace(
  level: LayerLevel,
  layer: LayerEntry,
  rank: number | null,
): ScalePlace | null {
  const { class_name: className, config } = layer
  const own = nameOf(layer)
  if (!Object.hasOwn(scaled, className) || !isLast(config) || !level.isCalledOnce(own)) return null
  let axes = scaled[className] ?? rank
  // Stock TensorFlow.js normalizes two to four axes.
  if (axes === null || axes > MOST_AXES) return null
  const keepsActivation = isHomogeneous(config['activation'])
  let behind = own
  if (!keepsActivation) return { into: null, behind, keepsActivation }
  for (;;) {
    const reader = level.onlyReader(behind)
    if (reader === null) break
    const name = nameOf(reader)
    if (!level.isCalledOnce(name)) break
    if (reader.class_name === 'BatchNormalization' && isOfLast(reader.config, axes))
      return { into: name, behind, keepsActivation }
    if (passing[reader.class_name]?.(reader.config) !== true) break
    if (reader.class_name.startsWith('Global')) axes = 2
    behind = name
  }
  return { into: null, behind, keepsActivation }
}

const MOST_AXES = 4

function isHomogeneous(activation: unknown): boolean {
  return [undefined, null, 'linear', 'relu'].includes(activation as string | null | undefined)
}

function isLast({ data_format: format = null }: Config): boolean {
  return format === null || format === 'channels_last'
}

/** Keras writes the axis of a normalization as a number or as a list of one. */
function isOfLast({ axis = -1 }: Config, axes: number): boolean {
  const [first = -1] = Array.isArray(axis) ? (axis as unknown[]) : [axis]
  return first === -1 || first === axes - 1
}
