import { floatTensor, message, onnxFile, onnxModel, product } from '../../testing/files/onnx-writer'
import type { Field } from '../../testing/files/onnx-writer'
import { field } from '../../testing/files/onnx-refusals'
import { testRefusals } from '../../testing/files/refusals'

const INITIALIZER = 'graph.sparse_initializer[1]'

const two = floatTensor('v', [2])

/** Whole numbers of 64 bits, in rows. */
function wholes(values: readonly number[], width?: number): Uint8Array {
  const sides = width === undefined ? [values.length] : [values.length / width, width]
  const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
  return message(...sides.map((side): Field => [1, side]), [2, 7], [9, bytes])
}

/** The product, with weights of which the zeros are left out. */
const withSparse =
  (...fields: Field[]) =>
  () =>
    onnxFile(onnxModel(...product, [15, message(...fields)]))

testRefusals([
  field('nowhere', withSparse([3, 4]), [
    INITIALIZER,
    ['values and indices', 'values 和 indices'],
    ['one', '其中之一'],
  ]),
  field('at fewer places than there are', withSparse([1, two], [2, wholes([1])], [3, 4]), [
    INITIALIZER,
    ['2 places of int64', '2 个 int64 位置'],
    '1',
  ]),
  field('outside', withSparse([1, two], [2, wholes([1, 4])], [3, 4]), [
    INITIALIZER,
    ['places below 4', '小于 4 的位置'],
    '4',
  ]),
  field('outside an axis', withSparse([1, two], [2, wholes([0, 1, 1, 2], 2)], [3, 2], [3, 2]), [
    INITIALIZER,
    ['places below 2', '小于 2 的位置'],
    '2',
  ]),
  field('twice at one place', withSparse([1, two], [2, wholes([3, 3])], [3, 4]), [
    INITIALIZER,
    ['places in ascending order', '升序的位置'],
    ['3 behind 3', '3 之后是 3'],
  ]),
  {
    name: 'in more room than any memory has',
    files: withSparse([1, two], [2, wholes([0, 1])], [3, 2 ** 31], [3, 2 ** 31]),
    code: 'open/shape-too-large',
    message:
      'net.onnx, graph.sparse_initializer[1]: v would bring the model to more than 536870912 weights (found 2147483648 × 2147483648 in this one).',
  },
])
