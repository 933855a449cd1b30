import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../core/errors'
import { onlySide } from '../../core/output-columns'
import { shapeText } from '../../core/shape-text'
import type { PortSummary } from '../../core/model-summary'
import { elementCount } from '../../core/tensor-spec'
import type { ArraySamples } from '../../data/data-source'
import { pictureForm } from '../../data/input-form'
import type { PictureForm } from '../../data/input-form'
import { withScale } from '../../data/preparation'
import type { Preparation } from '../../data/preparation'
import type { OutputForm } from '../../data/task'
import type { InputRows } from './attached-data'
import type { RunnableModel } from '../model/runnable-model'
import { numberReader } from './sample-reader'
import type { SampleReader } from './sample-reader'

/** Where a model takes pictures of any size and the data do not say one. */
const USUAL_SIDE = 224

/** Why samples do not fit an input, by what they are. */
export type Refuse = (found: string) => StudioError

/** What the inputs of the model take, and what the samples are. */
export function mismatch(dataset: string, samples: string, model: RunnableModel): StudioError {
  const expected = model.inputs.map(({ shape }) => shapeText(shape.slice(1))).join(' + ')
  return new StudioError('data/shape-mismatch', { dataset, expected, found: samples })
}

/**
 * The one input of a model that pictures are shown to.
 * @param own height, width and channels where all have the same
 * @throws StudioError 'data/shape-mismatch' where it has several, or takes no pictures
 */
export function onlyPictures(
  dataset: string,
  model: RunnableModel,
  own: readonly number[] | null,
): { readonly input: PortSummary; readonly form: PictureForm } {
  const refuse: Refuse = (found) => mismatch(dataset, found, model)
  const [input, ...others] = model.inputs
  if (input === undefined || others.length > 0) throw refuse(picturesText(own))
  return { input, form: formOf(input, own, refuse) }
}

function picturesText(own: readonly number[] | null): string {
  return own === null ? 'height × width × channels' : shapeText(own)
}

export function outputForm(model: Pick<RunnableModel, 'inputs' | 'outputs'>): OutputForm {
  const [output] = model.outputs
  const { kind = 'scores', meaning = 'classes', shape = [] } = output ?? {}
  const columns = onlySide(shape)
  return { columns, sides: columns === null ? openSides(model) : null, kind, meaning }
}

/** Sides of the first output, open where they depend on the input's: a graph only knows those of its first run. */
function openSides({ inputs, outputs }: Pick<RunnableModel, 'inputs' | 'outputs'>) {
  const [, ...sides] = outputs[0]?.shape ?? []
  if (sides.length < 2) return null
  const isOpen = inputs.some(({ shape }) => shape.slice(1).includes(null))
  if (!isOpen) return sides
  const isColours = (side: number | null | undefined): boolean => side === 1 || side === 3
  const channels = isColours(sides[0]) && !isColours(sides.at(-1)) ? 0 : sides.length - 1
  return sides.map((side, axis) => (axis === channels ? side : null))
}

/**
 * How an input is shown pictures.
 * @param own height, width and channels of the data where all samples have the same
 * @throws what `refuse` makes
 */
export function formOf(
  { shape }: Pick<PortSummary, 'shape'>,
  own: readonly number[] | null,
  refuse: Refuse,
): PictureForm {
  const form = pictureForm(shape.slice(1), own)
  if (form === null) throw refuse(picturesText(own))
  return form
}

/**
 * The preparation that changes least: the input's size and colours, numbers from 0 to 1; from 0 to 255 for
 * one that takes whole numbers, which would see nothing but zeros and ones, and for one that the model scales itself.
 */
export function plainPreparation(
  form: PictureForm,
  own: readonly number[] | null,
  isOfBytes: boolean,
): Preparation {
  const unit: Preparation = {
    fit: 'stretch',
    height: form.height ?? own?.[0] ?? USUAL_SIDE,
    width: form.width ?? own?.[1] ?? USUAL_SIDE,
    color: form.channels === 1 ? 'grey' : 'rgb',
    mean: Array.from({ length: form.channels }, () => 0),
    std: Array.from({ length: form.channels }, () => 1),
  }
  return isOfBytes ? withScale(unit, 'bytes') : unit
}

/**
 * Numbers that an input is shown as they are: the same shape, or the same number of elements in a row.
 * @throws what `refuse` makes
 */
export function plainReader(
  input: Pick<PortSummary, 'shape'>,
  samples: ArraySamples,
  refuse: Refuse,
): SampleReader {
  const sides = input.shape.slice(1)
  const size = elementCount(samples.shape)
  const shapes = [samples.shape, [size]]
  if (samples.shape.at(-1) === 1) shapes.push(samples.shape.slice(0, -1))
  shapes.push([...samples.shape, 1])
  const fitting = shapes.find(
    (shape) =>
      shape.length === sides.length &&
      shape.every((side, index) => sides[index] === null || sides[index] === side),
  )
  if (fitting === undefined) throw refuse(shapeText(samples.shape))
  return numberReader(samples, fitting)
}

/**
 * Samples for the inputs of the model.
 * @param readers one for each
 */
export async function inputRows(
  readers: readonly SampleReader[],
  { inputs }: Pick<RunnableModel, 'inputs'>,
  samples: Uint32Array,
  signal: AbortSignal,
): Promise<InputRows[]> {
  const rows: InputRows[] = []
  for (const [at, reader] of readers.entries()) {
    const values = await reader.read(samples, signal)
    const dtype = inputs[at]?.dtype === 'int32' ? 'int32' : 'float32'
    rows.push({ values, sides: reader.sides, dtype, picture: reader.layout })
  }
  return rows
}

/** One batch of a model's inputs; the caller disposes them. */
export function inputTensors(rows: readonly InputRows[], samples: number): tf.Tensor[] {
  return rows.map(({ values, sides, dtype }) => tf.tensor(values, [samples, ...sides], dtype))
}
