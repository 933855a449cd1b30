import { StudioError } from '../core/errors'
import type { Between } from '../files/between'

/** Numbers of a file as they came, with their shape. */
export interface NumberArray {
  readonly file: string
  readonly shape: readonly number[]
  /** Row-major; bytes stay bytes, everything else becomes double. */
  readonly values: Uint8Array | Float64Array
}

/** 2 GiB of doubles. */
const MOST_ELEMENTS = 2 ** 28

const BLOCK = 2 ** 18

/**
 * Elements of a shape that a file claims to have, checked before anything is allocated.
 * @throws StudioError 'data/field', 'data/too-large', 'data/is-empty'
 */
export function checkedCount(file: string, shape: readonly number[]): number {
  let elements = 1
  for (const side of shape) {
    if (!Number.isSafeInteger(side) || side < 0)
      throw new StudioError('data/field', {
        file,
        field: 'the shape',
        expected: 'whole numbers',
        found: side,
      })
    elements *= side
  }
  if (elements === 0) throw new StudioError('data/is-empty', { file })
  if (!(elements <= MOST_ELEMENTS))
    throw new StudioError('data/too-large', {
      file,
      field: 'the number of values',
      found: Number.isSafeInteger(elements) ? elements : shape.join(' × '),
      limit: MOST_ELEMENTS,
    })
  return elements
}

/** How one element lies in the file. */
export interface ElementForm {
  readonly bytes: number
  readonly read: (view: DataView, at: number) => number
}

/**
 * Reads elements as doubles, in pieces.
 * @throws StudioError 'data/non-finite' with the first bad index; what `between` throws
 */
export async function readElements(
  file: string,
  bytes: Uint8Array,
  count: number,
  form: ElementForm,
  between: Between,
): Promise<Float64Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    if (index % BLOCK === 0) await between(index, count)
    const value = form.read(view, index * form.bytes)
    if (!Number.isFinite(value))
      throw new StudioError('data/non-finite', { file, index, found: value })
    values[index] = value
  }
  return values
}
