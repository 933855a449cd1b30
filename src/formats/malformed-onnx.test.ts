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
import {
  aMessage,
  aName,
  aNumber,
  aType,
  atByte,
  before,
  bytes,
  damaged,
  external,
  field,
  nothing,
  ownName,
  withNode,
  withWeight,
} from '../../testing/files/onnx-refusals'
import { textBytes } from '../../testing/files/layers-files'
import { testRefusals } from '../../testing/files/refusals'
import { memoryFile } from '../files/file-bundle'

const whole = onnxModel(...product)

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
    ['the start of the file', '文件开头'],
    ['it is no ONNX model', '它不是 ONNX 模型'],
  ]),
  field('no graph', () => onnxFile(message(start, [2, 'onnx'])), [
    'graph',
    ['a graph', '图'],
    nothing,
  ]),
  field('a graph that is a number', () => onnxFile(message(start, [7, 5])), [
    'graph',
    aMessage,
    aNumber,
  ]),
  damaged('a file that ends in a field', whole.slice(0, -3), [
    atByte(19),
    ['a field that is longer than what holds it', '字段比包含它的内容还长'],
  ]),
  damaged(
    'a length of eleven bytes',
    joined([message(start), varint(7 * 8 + 2), new Uint8Array(11).fill(255)]),
    [atByte(2), ['a length without an end', '长度没有结尾']],
  ),
  damaged(
    'a number without an end',
    joined([message(start), varint(5 * 8), new Uint8Array(3).fill(255)]),
    [atByte(2), ['a number without an end', '数字没有结尾']],
  ),
  damaged('a kind of field that there is none of', joined([message(start), varint(7 * 8 + 3)]), [
    atByte(2),
    ['no field of a message', '不是消息的字段'],
  ]),
  damaged('a field of number 0', joined([message(start), varint(2), varint(0)]), [
    atByte(2),
    ['no field of a message', '不是消息的字段'],
  ]),
  damaged(
    'eight bytes that are not there',
    joined([message(start), varint(7 * 8 + 1), new Uint8Array(3)]),
    [atByte(2), ['a number without an end', '数字没有结尾']],
  ),
  field('a weight without a type', withWeight(message([1, 2], [8, 'v'])), [
    'graph.initializer[1] "v"',
    aType,
    'null',
  ]),
  field('a weight of a type of the future', withWeight(message([1, 2], [2, 99], [8, 'v'])), [
    'graph.initializer[1] "v"',
    aType,
    '99',
  ]),
  field('a weight without a name', withWeight(message([1, 0], [2, 1])), [
    'graph.initializer[1]',
    aName,
    nothing,
  ]),
  field('two weights of one name', withWeight(floatTensor('w', [1])), [
    'graph.initializer[1] "w"',
    ownName,
    'w',
  ]),
  field('a side below nothing', withWeight(floatTensor('v', [-2])), [
    'graph.initializer[1] "v"',
    ['sides from 0', '从 0 起的边长'],
    '-2',
  ]),
  {
    name: 'more elements than any memory holds',
    files: withWeight(floatTensor('v', [2 ** 31, 2 ** 31])),
    code: 'open/shape-too-large',
    message:
      'net.onnx, graph.initializer[1] "v": v would bring the model to more than 536870912 weights (found 2147483648 × 2147483648 in this one).',
    chinese:
      'net.onnx 的 graph.initializer[1] "v"：v 会使模型超过 536870912 个权重（仅它就有 2147483648 × 2147483648 个）。',
  },
  field('fewer bytes than elements', withWeight(floatTensor('v', [3], [9, new Uint8Array(8)])), [
    'graph.initializer[1] "v"',
    bytes(12),
    '8',
  ]),
  field('more bytes than elements', withWeight(floatTensor('v', [1], [9, new Uint8Array(8)])), [
    'graph.initializer[1] "v"',
    bytes(4),
    '8',
  ]),
  field(
    'numbers in two fields',
    withWeight(floatTensor('v', [1], [9, new Uint8Array(4)], [4, new Uint8Array(4)])),
    [
      'graph.initializer[1] "v"',
      ['numbers in one field', '同一字段中的数'],
      ['numbers in two', '两个字段中的数'],
    ],
  ),
  field(
    'whole numbers that are too few',
    withWeight(message([1, 3], [2, 7], [8, 'v'], [7, Uint8Array.of(1, 2)])),
    ['graph.initializer[1] "v"', ['3 numbers', '3 个数'], ['others', '其他内容']],
  ),
  field(
    'more axes than anything has',
    withWeight(floatTensor('v', new Array<number>(70).fill(1))),
    ['graph.initializer[1]', ['at most 64 sides', '至多 64 个轴'], '65'],
  ),
  field(
    'a segment of a tensor',
    withWeight(message([1, 1], [2, 1], [3, message([1, 0])], [8, 'v'])),
    ['graph.initializer[1]', ['a whole tensor', '完整的张量'], ['a segment of one', '张量的一段']],
  ),
  field('weights elsewhere, and nowhere', withWeight(external()), [
    'graph.initializer[1] "v"',
    ['the location of its numbers', '其数据的位置'],
    nothing,
  ]),
  field('an offset that is none', withWeight(external(['location', 'a.data'], ['offset', '-4'])), [
    'graph.initializer[1] "v"',
    ['a whole offset', '整数 offset'],
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
    ['graph.initializer[1] "v"', ['a.data to have 24 bytes', 'a.data 有 24 字节'], '20'],
  ),
  {
    name: 'weights in a file that is not there, by its last name alone',
    files: withWeight(external(['location', '/etc/passwd'])),
    code: 'open/missing-shards',
    message: 'net.onnx needs 2 weight files, 1 arrived. Still missing: passwd.',
    chinese: 'net.onnx 需要 2 个权重文件，已收到 1 个。还缺少：passwd。',
  },
  field('an operator without a name', withNode(message([1, 'y'], [2, 'z'])), [
    'graph.node[1]',
    ['an op_type', 'op_type'],
    nothing,
  ]),
  field('an input that nobody gives', withNode(node('Relu', ['q'], ['z'])), [
    'graph.node[1]',
    before,
    'q',
  ]),
  field('a circle', withNode(node('Add', ['y', 'z'], ['z'])), ['graph.node[1]', before, 'z']),
  field('a value that two give', withNode(node('Relu', ['x'], ['y'])), [
    'graph.node[1]',
    ownName,
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
    ['graph.node[1].attribute[1]', ownName, 'a'],
  ),
  damaged('graphs in graphs without an end', nested(40), [
    atByte(625),
    ['messages in more than 64 messages', '消息嵌套超过 64 层'],
  ]),
  {
    name: 'a weight that is no number',
    files: withWeight(
      floatTensor('v', [2], [9, new Uint8Array(new Float32Array([1, NaN]).buffer)]),
    ),
    code: 'open/non-finite',
    message: 'net.onnx: v holds 1 NaN and 0 infinite values, the first at index 1.',
    chinese: 'net.onnx：v 含有 1 个 NaN 和 0 个无穷值，第一个在索引 1。',
  },
  {
    name: 'two models',
    files: () => [...onnxFile(whole), ...onnxFile(whole, 'other.onnx')],
    code: 'open/several-models',
    message: 'These files each describe a model: net.onnx, other.onnx.',
    chinese: '这些文件各自描述了一个模型：net.onnx, other.onnx。',
  },
])
