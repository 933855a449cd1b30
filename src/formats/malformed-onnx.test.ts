import {
  floatTensor,
  joined,
  message,
  node,
  onnxFile,
  onnxModel,
  product,
  varint,
} from '../../testing/files/onnx-writer'
import type { Field } from '../../testing/files/onnx-writer'
import { textBytes } from '../../testing/files/layers-files'
import { testRefusals } from '../../testing/files/refusals'
import type { BrokenCase } from '../../testing/files/refusals'
import { memoryFile } from '../files/file-bundle'

const whole = onnxModel(...product)

/** The product, with one weight more. */
const withWeight = (bytes: Uint8Array) => () => onnxFile(onnxModel(...product, [5, bytes]))
const withNode = (bytes: Uint8Array) => () => onnxFile(onnxModel(...product, [1, bytes]))

const field = (
  name: string,
  files: BrokenCase['files'],
  [place, expected, found]: readonly [string, string, string],
): BrokenCase => ({
  ...{ name, files, code: 'open/onnx-field' },
  message: `net.onnx, ${place}: expected ${expected}, found ${found}.`,
})

const damaged = (
  name: string,
  bytes: Uint8Array,
  [place, reason]: readonly [string, string],
): BrokenCase => ({
  ...{ name, files: () => onnxFile(bytes), code: 'open/onnx-damaged' },
  message: `net.onnx, ${place}: ${reason}.`,
})

const external = (...entries: readonly (readonly [string, string])[]): Uint8Array =>
  floatTensor(
    'v',
    [4],
    ...entries.map(([key, value]): Field => [13, message([1, key], [2, value])]),
    [14, 1],
  )

/** Another message in each. */
function nested(depth: number): Uint8Array {
  let inner = message([1, node('Relu', ['x'], ['z'])])
  for (let at = 0; at < depth; at++)
    inner = message([
      1,
      message([2, `z${at}`], [4, 'If'], [5, message([1, 'then'], [6, inner], [20, 5])]),
    ])
  return onnxModel(...product, [
    1,
    message([2, 'z'], [4, 'If'], [5, message([1, 'then'], [6, inner], [20, 5])]),
  ])
}

const start = [1, 8] as const

testRefusals([
  damaged('text of that name', textBytes('no model'), [
    'the start of the file',
    'it is no ONNX model',
  ]),
  field('no graph', () => onnxFile(message(start, [2, 'onnx'])), ['graph', 'a graph', 'nothing']),
  field('a graph that is a number', () => onnxFile(message(start, [7, 5])), [
    'graph',
    'a message',
    'a number',
  ]),
  damaged('a file that ends in a field', whole.slice(0, -3), [
    'byte 19',
    'a field that is longer than what holds it',
  ]),
  damaged(
    'a length of eleven bytes',
    joined([message(start), varint(7 * 8 + 2), new Uint8Array(11).fill(255)]),
    ['byte 2', 'a length without an end'],
  ),
  damaged(
    'a number without an end',
    joined([message(start), varint(5 * 8), new Uint8Array(3).fill(255)]),
    ['byte 2', 'a number without an end'],
  ),
  damaged('a kind of field that there is none of', joined([message(start), varint(7 * 8 + 3)]), [
    'byte 2',
    'no field of a message',
  ]),
  damaged('a field of number 0', joined([message(start), varint(2), varint(0)]), [
    'byte 2',
    'no field of a message',
  ]),
  damaged(
    'eight bytes that are not there',
    joined([message(start), varint(7 * 8 + 1), new Uint8Array(3)]),
    ['byte 2', 'a number without an end'],
  ),
  field('a weight without a type', withWeight(message([1, 2], [8, 'v'])), [
    'graph.initializer[1] "v"',
    'a known data_type',
    'null',
  ]),
  field('a weight of a type of the future', withWeight(message([1, 2], [2, 99], [8, 'v'])), [
    'graph.initializer[1] "v"',
    'a known data_type',
    '99',
  ]),
  field('a weight without a name', withWeight(message([1, 0], [2, 1])), [
    'graph.initializer[1]',
    'a name',
    'nothing',
  ]),
  field('two weights of one name', withWeight(floatTensor('w', [1])), [
    'graph.initializer[1] "w"',
    'a name of its own',
    'w',
  ]),
  field('a side below nothing', withWeight(floatTensor('v', [-2])), [
    'graph.initializer[1] "v"',
    'sides from 0',
    '-2',
  ]),
  {
    name: 'more elements than any memory holds',
    files: withWeight(floatTensor('v', [2 ** 31, 2 ** 31])),
    code: 'open/shape-too-large',
    message:
      'net.onnx, graph.initializer[1] "v": v would bring the model to more than 536870912 weights (found 2147483648 × 2147483648 in this one).',
  },
  field('fewer bytes than elements', withWeight(floatTensor('v', [3], [9, new Uint8Array(8)])), [
    'graph.initializer[1] "v"',
    '12 bytes',
    '8',
  ]),
  field('more bytes than elements', withWeight(floatTensor('v', [1], [9, new Uint8Array(8)])), [
    'graph.initializer[1] "v"',
    '4 bytes',
    '8',
  ]),
  field(
    'numbers in two fields',
    withWeight(floatTensor('v', [1], [9, new Uint8Array(4)], [4, new Uint8Array(4)])),
    ['graph.initializer[1] "v"', 'numbers in one field', 'numbers in two'],
  ),
  field(
    'whole numbers that are too few',
    withWeight(message([1, 3], [2, 7], [8, 'v'], [7, Uint8Array.of(1, 2)])),
    ['graph.initializer[1] "v"', '3 numbers', 'others'],
  ),
  field(
    'more axes than anything has',
    withWeight(floatTensor('v', new Array<number>(70).fill(1))),
    ['graph.initializer[1]', 'at most 64 sides', '65'],
  ),
  field(
    'a segment of a tensor',
    withWeight(message([1, 1], [2, 1], [3, message([1, 0])], [8, 'v'])),
    ['graph.initializer[1]', 'a whole tensor', 'a segment of one'],
  ),
  field('weights elsewhere, and nowhere', withWeight(external()), [
    'graph.initializer[1] "v"',
    'the location of its numbers',
    'nothing',
  ]),
  field('an offset that is none', withWeight(external(['location', 'a.data'], ['offset', '-4'])), [
    'graph.initializer[1] "v"',
    'a whole offset',
    '-4',
  ]),
  field(
    'weights beyond the end of their file',
    () => [
      ...onnxFile(
        onnxModel(...product, [
          5,
          external(['location', '../../a.data'], ['offset', '8'], ['length', '16']),
        ]),
      ),
      memoryFile('a.data', new Uint8Array(20)),
    ],
    ['graph.initializer[1] "v"', 'a.data to have 24 bytes', '20'],
  ),
  {
    name: 'weights in a file that is not there, by its last name alone',
    files: withWeight(external(['location', '/etc/passwd'])),
    code: 'open/missing-shards',
    message: 'net.onnx needs 2 weight files, 1 arrived. Still missing: passwd.',
  },
  field('an operator without a name', withNode(message([1, 'y'], [2, 'z'])), [
    'graph.node[1]',
    'an op_type',
    'nothing',
  ]),
  field('an input that nobody gives', withNode(node('Relu', ['q'], ['z'])), [
    'graph.node[1]',
    'inputs that nodes before it give',
    'q',
  ]),
  field('a circle', withNode(node('Add', ['y', 'z'], ['z'])), [
    'graph.node[1]',
    'inputs that nodes before it give',
    'z',
  ]),
  field('a value that two give', withNode(node('Relu', ['x'], ['y'])), [
    'graph.node[1]',
    'a name of its own',
    'y',
  ]),
  field(
    'an attribute twice',
    withNode(
      message(
        [1, 'y'],
        [2, 'z'],
        [4, 'Elu'],
        [5, message([1, 'a'], [3, 1])],
        [5, message([1, 'a'], [3, 2])],
      ),
    ),
    ['graph.node[1].attribute[1]', 'a name of its own', 'a'],
  ),
  field(
    'weights without their zeros',
    () => onnxFile(onnxModel(...product, [15, message([3, 1])])),
    ['graph.sparse_initializer', 'dense weights', 'weights that are stored without their zeros'],
  ),
  damaged('graphs in graphs without an end', nested(40), [
    'byte 625',
    'messages in more than 64 messages',
  ]),
  {
    name: 'a weight that is no number',
    files: withWeight(
      floatTensor('v', [2], [9, new Uint8Array(new Float32Array([1, NaN]).buffer)]),
    ),
    code: 'open/non-finite',
    message: 'net.onnx: v holds 1 NaN and 0 infinite values, the first at index 1.',
  },
  {
    name: 'two models',
    files: () => [...onnxFile(whole), ...onnxFile(whole, 'other.onnx')],
    code: 'open/several-models',
    message: 'These files each describe a model: net.onnx, other.onnx.',
  },
])
