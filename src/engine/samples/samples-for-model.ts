import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../core/errors'
import { onlySide } from '../../core/output-columns'
import { shapeText } from '../../core/shape-text'
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

/** What the inputs of the model take, and what the samples are. */
function mismatch(dataset: string, samples: string, model: RunnableModel): StudioError {
  const expected = model.inputs.map(({ shape }) => shapeText(shape.slice(1))).join(' + ')
  return new StudioError('data/shape-mismatch', { dataset, expected, found: samples })
}

/**
 * The input that samples are shown to.
 * @param found what the samples are, for the error
 * @throws StudioError 'data/shape-mismatch' where the model has several
 */
function onlyInput(
  dataset: string,
  found: string,
  model: RunnableModel,
): readonly (number | null)[] {
  const [input, ...others] = model.inputs
  if (input === undefined || others.length > 0) throw mismatch(dataset, found, model)
  return input.shape.slice(1)
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
  const isOpen = inputs[0]?.shape.slice(1).includes(null) === true
  if (!isOpen) return sides
  const isColours = (side: number | null | undefined): boolean => side === 1 || side === 3
  const channels = isColours(sides[0]) && !isColours(sides.at(-1)) ? 0 : sides.length - 1
  return sides.map((side, axis) => (axis === channels ? side : null))
}

/**
 * How a model is shown pictures.
 * @param own height, width and channels of the data where all samples have the same
 * @throws StudioError 'data/shape-mismatch'
 */
export function formOf(
  dataset: string,
  model: RunnableModel,
  own: readonly number[] | null,
): PictureForm {
  const found = own === null ? 'height × width × channels' : shapeText(own)
  const form = pictureForm(onlyInput(dataset, found, model), own)
  if (form === null) throw mismatch(dataset, found, model)
  return form
}

/**
 * The preparation that changes least: the model's size and colours, numbers from 0 to 1; from 0 to 255 for
 * a model that takes whole numbers, which would see nothing but zeros and ones.
 */
export function plainPreparation(
  form: PictureForm,
  own: readonly number[] | null,
  { inputs }: Pick<RunnableModel, 'inputs'>,
): Preparation {
  const unit: Preparation = {
    fit: 'stretch',
    height: form.height ?? own?.[0] ?? USUAL_SIDE,
    width: form.width ?? own?.[1] ?? USUAL_SIDE,
    color: form.channels === 1 ? 'grey' : 'rgb',
    mean: Array.from({ length: form.channels }, () => 0),
    std: Array.from({ length: form.channels }, () => 1),
  }
  return inputs[0]?.dtype === 'int32' ? withScale(unit, 'bytes') : unit
}

/**
 * Numbers that a model is shown as they are: the same shape, or the same number of elements in a row.
 * @throws StudioError 'data/shape-mismatch'
 */
export function plainReader(
  dataset: string,
  model: RunnableModel,
  samples: ArraySamples,
): SampleReader {
  const sides = onlyInput(dataset, shapeText(samples.shape), model)
  const size = elementCount(samples.shape)
  const shapes = [samples.shape, [size]]
  if (samples.shape.at(-1) === 1) shapes.push(samples.shape.slice(0, -1))
  shapes.push([...samples.shape, 1])
  const fitting = shapes.find(
    (shape) =>
      shape.length === sides.length &&
      shape.every((side, index) => sides[index] === null || sides[index] === side),
  )
  if (fitting === undefined) throw mismatch(dataset, shapeText(samples.shape), model)
  return numberReader(samples, fitting)
}

/** Samples for the model's only input. */
export async function inputRows(
  reader: SampleReader,
  model: RunnableModel,
  samples: Uint32Array,
  signal: AbortSignal,
): Promise<InputRows[]> {
  const values = await reader.read(samples, signal)
  const dtype = model.inputs[0]?.dtype === 'int32' ? 'int32' : 'float32'
  return [{ values, sides: reader.sides, dtype, picture: reader.layout }]
}

/** One batch of a model's inputs; the caller disposes them. */
export function inputTensors(rows: readonly InputRows[], samples: number): tf.Tensor[] {
  return rows.map(({ values, sides, dtype }) => tf.tensor(values, [samples, ...sides], dtype))
}
