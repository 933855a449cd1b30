import { StudioError } from '../core/errors'
import { shapeText } from '../core/shape-text'
import type { ArrayTargets, PictureTargets, RawLabels } from './data-source'
import { pictureForm } from './input-form'
import type { PictureForm } from './input-form'

type Sides = readonly (number | null)[]

interface Output {
  readonly columns: number | null
  readonly sides?: Sides | null
}

/** Labels that are a picture or an array for each sample. */
export function areElements(labels: RawLabels): labels is PictureTargets | ArrayTargets {
  return labels.kind === 'pictures' || labels.kind === 'arrays'
}

/** Targets that are pictures: files, or arrays of bytes. They are brought to the size of the output. */
export function arePictures(labels: PictureTargets | ArrayTargets): boolean {
  if (labels.kind === 'pictures') return true
  const { shape, values } = labels
  return (
    values instanceof Uint8Array &&
    (shape.length === 2 || (shape.length === 3 && [1, 3, 4].includes(shape[2] ?? 0)))
  )
}

/**
 * How an output is a picture: of grey or of colours. A plane is one only where the input is as large, because
 * rows of boxes are no picture.
 * @param sides of one sample
 * @param input sides of the model's input, null where nobody knows
 */
export function outputPicture(sides: Sides, input: Sides | null): PictureForm | null {
  if (sides.length === 2 && input?.slice(0, 2).join() !== sides.join()) return null
  return sides.length < 2 ? null : pictureForm(sides)
}

/** @throws StudioError 'data/targets-shape' where an output cannot be compared with such targets */
export function requireElements(
  dataset: string,
  labels: PictureTargets | ArrayTargets,
  { columns, sides = null }: Output,
): void {
  const expected = sides === null ? String(columns ?? '?') : shapeText(sides)
  if (sides !== null && arePictures(labels) && sides.length > 1 && pictureForm(sides) !== null)
    return
  if (labels.kind === 'pictures')
    throw new StudioError('data/targets-shape', { dataset, expected, found: 'pictures' })
  const fits = sides !== null && isSame(labels.shape, sides)
  if (!fits)
    throw new StudioError('data/targets-shape', {
      dataset,
      expected,
      found: shapeText(labels.shape),
    })
}

/** The same sides, whatever sides of one there are beside them. */
function isSame(shape: readonly number[], sides: Sides): boolean {
  const [left, right] = [shape, sides].map((each: Sides) => each.filter((side) => side !== 1))
  return (
    left?.length === right?.length &&
    left?.every((side, axis) => right?.[axis] === null || right?.[axis] === side) === true
  )
}
