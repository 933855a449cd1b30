import { StudioError } from '../../core/errors'
import type { PortSummary } from '../../core/model-summary'
import { onlySide } from '../../core/output-columns'
import type { OutputKind } from '../../core/output-kind'
import type { OutputMeaning } from '../../core/output-meaning'
import { shapeText } from '../../core/shape-text'
import { pictureForm } from '../../data/input-form'
import type { Preparation } from '../../data/preparation'
import type { JsonObject } from '../../files/read-json'
import type { PicturePorts } from './picture-ports'

/** What is known of a model that came without settings for Transformers.js. */
export interface KnownClassifier {
  readonly inputs: readonly PortSummary[]
  readonly output: PortSummary & { readonly kind: OutputKind }
  readonly meaning: OutputMeaning
  /** Types of inputs, by name, where they are others than those that are computed with. */
  readonly portTypes: ReadonlyMap<string, string>
  /** Samples that it takes at once, and in no other number; null: any. */
  readonly frozenBatch: number | null
  /** What its outputs are called, in their order; null: nobody knows. */
  readonly names: readonly string[] | null
  /** How pictures are shown to it; null: nobody has shown any. */
  readonly preparation: Preparation | null
}

/**
 * How a classifier of pictures takes them and says their class.
 * @throws StudioError 'export/transformers-inputs', 'export/transformers-outputs', 'export/transformers-batch'
 */
export function picturePorts(known: KnownClassifier): PicturePorts {
  const { frozenBatch, inputs, meaning, output, portTypes } = known
  const [input, ...others] = inputs
  const form = pictureForm(input?.shape.slice(1) ?? [], ownSides(known))
  const isOpenRow = form?.layout === 'plane' && form.height === null && form.width === null
  const isFloat = input?.dtype === 'float32' && !portTypes.has(input.name)
  if (input === undefined || others.length > 0 || form === null || isOpenRow || !isFloat)
    throw new StudioError('export/transformers-inputs', {
      inputs: inputs
        .map(
          ({ dtype, name, shape }) =>
            `${name} [${shapeText(shape)}] ${portTypes.get(name) ?? dtype}`,
        )
        .join(', '),
    })
  if (frozenBatch !== null && frozenBatch !== 1)
    throw new StudioError('export/transformers-batch', { batch: frozenBatch })
  const columns = onlySide(output.shape)
  // Several labels may be right at once where each is a sigmoid of its own.
  const isChoice = meaning === 'classes' && (output.kind !== 'sigmoid' || columns === 1)
  if (columns === null || !isChoice || portTypes.has(output.name))
    throw new StudioError('export/transformers-outputs', {
      output: `${output.name} [${shapeText(output.shape)}]`,
    })
  return { form, kind: output.kind, columns }
}

function ownSides({ preparation }: KnownClassifier): readonly number[] | null {
  if (preparation === null) return null
  return [preparation.height, preparation.width, preparation.color === 'grey' ? 1 : 3]
}

/** Transformers.js picks by it what calls a model; for all classifiers of pictures that is the same. */
const MODEL_TYPE = 'resnet'

/** `config.json` of a classifier. */
export function classifierConfig(
  { names }: KnownClassifier,
  { columns }: PicturePorts,
): JsonObject {
  const count = columns === 1 ? 2 : columns
  const labels = Array.from({ length: count }, (_, at) => names?.[at] ?? `LABEL_${at}`)
  return {
    model_type: MODEL_TYPE,
    architectures: ['ResNetForImageClassification'],
    num_labels: count,
    id2label: Object.fromEntries(labels.map((label, at) => [String(at), label])),
    label2id: Object.fromEntries(labels.map((label, at) => [label, at])),
  }
}

/** What a page of Transformers.js cannot be told of how pictures are prepared. */
export type Untold = 'pad' | 'cropOfSides'

/** `preprocessor_config.json`: (byte / 255 - mean) / std, in the order red, green, blue. */
export function preprocessorConfig(
  { preparation }: KnownClassifier,
  { form }: PicturePorts,
): { readonly config: JsonObject; readonly untold: Untold | null } {
  const channels = Array.from({ length: form.channels }, () => 0)
  const height = preparation?.height ?? form.height
  const width = preparation?.width ?? form.width
  const isSized = height !== null && width !== null
  const { color, fit, mean, std } = preparation ?? {
    ...{ color: 'rgb', fit: 'stretch', mean: channels, std: channels.map(() => 1) },
  }
  const isFlipped = color === 'bgr'
  const isCrop = isSized && fit === 'crop' && height === width
  return {
    config: {
      image_processor_type: 'ViTImageProcessor',
      do_convert_rgb: form.channels === 3,
      do_resize: isSized,
      ...(!isSized
        ? {}
        : isCrop
          ? { size: { shortest_edge: height } }
          : { size: { height, width } }),
      ...(isCrop ? { do_center_crop: true, crop_size: { height, width } } : {}),
      resample: BILINEAR,
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      image_mean: isFlipped ? mean.toReversed() : [...mean],
      image_std: isFlipped ? std.toReversed() : [...std],
      ...(isFlipped ? { do_flip_channel_order: true } : {}),
    },
    untold: fit === 'pad' ? 'pad' : fit === 'crop' && isSized && !isCrop ? 'cropOfSides' : null,
  }
}

/** PIL.Image.Resampling.BILINEAR */
const BILINEAR = 2
