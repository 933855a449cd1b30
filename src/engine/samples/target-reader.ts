import * as tf from '@tensorflow/tfjs'
import type { ArrayTargets, DataSource } from '../../data/data-source'
import { areElements, arePictures } from '../../data/element-targets'
import { pictureForm } from '../../data/input-form'
import { withScale } from '../../data/preparation'
import type { Preparation } from '../../data/preparation'
import type { TargetScale } from '../../data/target-scale'
import { elementCount } from '../../core/tensor-spec'
import { StudioError } from '../../core/errors'
import { shapeText } from '../../core/shape-text'
import type { RunnableModel } from '../model/runnable-model'
import type { Toolbox } from '../work/toolbox'
import type { ExpectedRows } from './attached-data'
import type { PictureCache } from './picture-cache'
import { arrayPictures, filePictures } from './picture-source'
import type { PictureSource } from './picture-source'
import { pictureReader } from './sample-reader'
import type { SampleReader } from './sample-reader'

/** How samples are shown, which decides what comes out. */
interface Shown {
  /** Of each input. */
  readonly sides: readonly (readonly number[])[]
  /** Of the first pictures; null where samples are numbers. */
  readonly preparation: Preparation | null
  readonly scale: TargetScale
}

/** Any samples' targets as the numbers of the model's first output. */
type ReadTargets = (samples: Uint32Array, signal: AbortSignal) => Promise<ExpectedRows>

/** @returns null where labels are no pictures or arrays */
export function targetReader(
  { name, labels }: DataSource,
  model: RunnableModel,
  shown: Shown,
  cache: PictureCache,
  tools: Toolbox,
): ReadTargets | null {
  if (labels === null || !areElements(labels)) return null
  const pictures = targetPictures(labels, tools)
  // Known once the model is there to be asked; then the same for all samples.
  let sides: readonly number[] | null = null
  let reader: SampleReader | null = null
  return async (samples, signal) => {
    sides ??= await outputSides(model, shown.sides)
    if (pictures === null) return rowsOf(name, labels as ArrayTargets, samples, sides)
    reader ??= pictureTargets(name, pictures, sides, shown, cache, tools)
    return { values: await reader.read(samples, signal), picture: reader.layout }
  }
}

function targetPictures(
  labels: Parameters<typeof arePictures>[0],
  tools: Toolbox,
): PictureSource | null {
  if (labels.kind === 'pictures') return filePictures(labels.files, tools)
  if (!arePictures(labels) || !(labels.values instanceof Uint8Array)) return null
  const [height = 1, width = 1, channels = 1] = labels.shape
  const { values } = labels
  const count = values.length / (height * width * channels)
  return arrayPictures({ kind: 'numbers', count, shape: [height, width, channels], values })
}

/** Pictures in the size and the colours of the output, cut as the samples are. */
function pictureTargets(
  dataset: string,
  pictures: PictureSource,
  sides: readonly number[],
  { preparation, scale }: Shown,
  cache: PictureCache,
  tools: Toolbox,
): SampleReader {
  const form = pictureForm(sides)
  if (form === null)
    throw new StudioError('data/targets-shape', {
      dataset,
      expected: shapeText(sides),
      found: 'pictures',
    })
  const { channels, height, width } = form
  const plain: Preparation = {
    fit: preparation?.fit ?? 'stretch',
    height: height ?? 1,
    width: width ?? 1,
    color: channels === 1 ? 'grey' : preparation?.color === 'bgr' ? 'bgr' : 'rgb',
    mean: Array.from({ length: channels }, () => 0),
    std: Array.from({ length: channels }, () => 1),
  }
  return pictureReader(pictures, form, withScale(plain, scale), cache, (signal) =>
    tools.pace.between(signal),
  )
}

/** @throws StudioError 'data/targets-shape' where a sample's array is not as long as the output */
function rowsOf(
  dataset: string,
  { shape, values }: ArrayTargets,
  samples: Uint32Array,
  sides: readonly number[],
): ExpectedRows {
  const size = elementCount(shape)
  if (size !== elementCount(sides))
    throw new StudioError('data/targets-shape', {
      dataset,
      expected: shapeText(sides),
      found: shapeText(shape),
    })
  const rows = new Float32Array(samples.length * size)
  samples.forEach((sample, row) => {
    rows.set(values.subarray(sample * size, (sample + 1) * size), row * size)
  })
  return { values: rows, picture: null }
}

/**
 * Sides of the first output for samples of these sides. What depends on the size of the input is found by
 * running the model on zeros once.
 */
async function outputSides(
  model: RunnableModel,
  sides: Shown['sides'],
): Promise<readonly number[]> {
  const { inputs } = model
  const known = model.outputs[0]?.shape.slice(1).filter((side) => side !== null) ?? []
  const isOpen = inputs.some(({ shape }) => shape.slice(1).includes(null))
  if (!isOpen && known.length === (model.outputs[0]?.shape.length ?? 0) - 1) return known
  const zeros = inputs.map(({ dtype }, at) =>
    tf.zeros(
      [model.frozenBatch ?? 1, ...(sides[at] ?? [])],
      dtype === 'int32' ? 'int32' : 'float32',
    ),
  )
  let outputs: tf.Tensor[] = []
  try {
    outputs = await model.predict(zeros)
    return outputs[0]?.shape.slice(1) ?? []
  } finally {
    tf.dispose([zeros, outputs])
  }
}
