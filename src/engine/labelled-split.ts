import * as tf from '@tensorflow/tfjs'
import type { LayerShape } from '../core/layer-macs'
import { StudioError } from '../core/errors'
import { elementCount } from '../core/tensor-spec'
import type { SplitName } from '../protocol/messages'
import type { RunnableModel } from './runnable-model'

/** One split of a data set in memory, in its fixed order. */
export interface LabelledSplit {
  /** Id of the data set. */
  readonly dataset: string
  readonly name: SplitName
  readonly count: number
  /** count x elements of a sample. */
  readonly pixels: Uint8Array
  readonly labels: Uint8Array
  /** A pixel is shown to the model as `pixel / divideBy`. */
  readonly divideBy: number
}

/** What a model must have for a data set to fit it. */
export interface SampleForm {
  readonly dataset: string
  readonly imageShape: readonly number[]
  readonly classes: number
}

/**
 * Checks that a data set can be shown to a model: one input of the image's shape, with or without its
 * single channel, or flattened; one output with a column per class, or a single one for two classes.
 * @throws StudioError 'data/shape-mismatch'
 */
export function checkFit(model: RunnableModel, form: SampleForm): void {
  const [input, secondInput] = model.inputs
  const [output] = model.outputs
  const found = [
    ...model.inputs.map(({ shape }) => shapeText(shape)),
    ...model.outputs.map(({ shape }) => shapeText(shape)),
  ].join(' → ')
  const columns = output?.shape.at(-1)
  const fits =
    input !== undefined &&
    secondInput === undefined &&
    inputFits(input.shape, form.imageShape) &&
    output?.shape.length === 2 &&
    (columns === form.classes || (columns === 1 && form.classes === 2))
  if (!fits)
    throw new StudioError('data/shape-mismatch', {
      dataset: form.dataset,
      expected: `${form.imageShape.join(' × ')} → ${form.classes}`,
      found,
    })
}

function inputFits(shape: LayerShape, imageShape: readonly number[]): boolean {
  const sample = shape.slice(1)
  const shapes = [imageShape, [elementCount(imageShape)]]
  if (imageShape.at(-1) === 1) shapes.push(imageShape.slice(0, -1))
  return shapes.some(
    (sides) =>
      sides.length === sample.length &&
      sides.every((side, index) => sample[index] === null || sample[index] === side),
  )
}

function shapeText(shape: LayerShape): string {
  return shape
    .slice(1)
    .map((side) => side ?? '?')
    .join(' × ')
}

/** The samples [from, to) as the model's input; the model's fixed sides decide the shape. */
export function inputBatch(
  split: LabelledSplit,
  model: RunnableModel,
  imageShape: readonly number[],
  from: number,
  to: number,
): tf.Tensor[] {
  const size = split.pixels.length / split.count
  const pixels = split.pixels.subarray(from * size, to * size)
  const values = new Float32Array(pixels.length)
  for (let i = 0; i < values.length; i++) values[i] = (pixels[i] ?? 0) / split.divideBy
  const rank = (model.inputs[0]?.shape.length ?? 1) - 1
  const sides = rank === 1 ? [size] : imageShape.slice(0, rank)
  return [tf.tensor(values, [to - from, ...sides])]
}
