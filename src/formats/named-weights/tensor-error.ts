import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import { limits } from '../../files/limits'

/** The refusal of a file of tensors, by the place in it. */
export function tensorError(
  file: string,
  field: string,
  expected: string,
  found: string,
): StudioError {
  return new StudioError('open/tensor-field', { file, field, expected, found: shortText(found) })
}

/** Counts the elements of all tensors of a drop, with a bound at every step: a shape is a promise until bytes are seen. */
export class ElementCount {
  private all = 0

  constructor(private readonly file: string) {}

  /** @throws StudioError 'open/shape-too-large' */
  add(tensor: string, field: string, shape: readonly number[]): number {
    let elements = 1
    for (const side of shape) elements *= side
    this.all += elements
    if (!(this.all <= limits.elements))
      throw new StudioError('open/shape-too-large', {
        ...{ file: this.file, field, tensor: shortText(tensor), limit: limits.elements },
        elements: Number.isSafeInteger(elements) ? elements : shape.join(' × '),
      })
    return elements
  }
}
