import { textBytes } from '../../testing/files/layers-files'
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
  fitting,
  nothing,
  ownName,
  withNode,
  withWeight,
} from '../../testing/files/onnx-refusals'
import type { Fact } from '../../testing/files/onnx-refusals'
import {
  floatTensor,
  joined,
  message,
  node,
  onnxFile,
  onnxModel,
  port,
  product,
  varint,
} from '../../testing/files/onnx-writer'
import type { Field } from '../../testing/files/onnx-writer'
import { lfs, testRefusals } from '../../testing/files/refusals'
import type { BrokenCase } from '../../testing/files/refusals'
import { memoryFile } from '../files/file-bundle'

const model =
  (...fields: Field[]) =>
  () =>
    onnxFile(message(...fields))
const graph =
  (...fields: Field[]) =>
  () =>
    onnxFile(onnxModel(...fields))
const whole: Field = [7, message(...product)]
const opset = (version: number): Field => [8, message([2, version])]

const kind = (
  name: string,
  files: BrokenCase['files'],
  code: BrokenCase['code'],
  [english, chinese]: readonly [string, string],
): BrokenCase => ({ name, files, code, message: english, chinese })

/** A node with one attribute, behind the product. */
const withAttribute = (...fields: Field[]) =>
  withNode(message([1, 'y'], [2, 'z'], [4, 'Elu'], [5, message(...fields)]))

const withSides = (
  op: string,
  attribute: Field | null,
  weight: Uint8Array,
  input: readonly number[],
) =>
  graph(
    [1, message([1, 'x'], [1, 'w'], [2, 'y'], [4, op], ...(attribute === null ? [] : [attribute]))],
    [5, weight],
    [11, port('x', input)],
    [12, message([1, 'y'])],
  )

const axis = (place: number): Field => [5, message([1, 'axis'], [3, place], [20, 2])]
const weightAt = (place: number): Fact => `graph.initializer[${place}] "v"`
const alpha = 'graph.node[1].attribute[0] "alpha"'

testRefusals([
  kind('nothing at all', () => onnxFile(new Uint8Array(0)), 'open/is-empty', [
    'net.onnx is empty.',
    'net.onnx 是空的。',
  ]),
  kind('a page', () => onnxFile(textBytes('<!doctype html><html>')), 'open/is-html', [
    'net.onnx is an HTML page, probably an error or login page that was saved under this name.',
    'net.onnx 是 HTML 页面，可能是以此名称保存的错误页或登录页。',
  ]),
  kind('a pointer', () => onnxFile(textBytes(lfs)), 'open/is-git-lfs', [
    'net.onnx is a Git LFS pointer: a few lines of text that stand for the real file.',
    'net.onnx 是 Git LFS 指针：只有几行文字，代表真正的文件。',
  ]),
  damaged('zeros', new Uint8Array(1000), [
    ['the start of the file', '文件开头'],
    ['it is no ONNX model', '它不是 ONNX 模型'],
  ]),
  field('no version of the operators', model([1, 8], whole), [
    'opset_import',
    ['a version of the operators', '算子的版本'],
    nothing,
  ]),
  field('a version of nothing', model([1, 8], opset(0), whole), [
    'opset_import[0]',
    ['a version from 1', '从 1 起的版本'],
    '0',
  ]),
  field('two versions', model([1, 8], opset(17), opset(9), whole), [
    'opset_import[1]',
    ['one version of each domain', '每个域只有一个版本'],
    'ai.onnx',
  ]),
  field(
    'notes that are a number',
    () => onnxFile(joined([onnxModel(...product), message([14, 3])])),
    ['metadata_props', aMessage, aNumber],
  ),
  field('a node that is a number', graph(...product, [1, 5]), ['graph.node', aMessage, aNumber]),
  field('a weight that is a number', graph(...product, [5, 5]), [
    'graph.initializer[1]',
    aMessage,
    aNumber,
  ]),
  field('an input that is a number', graph(...product, [11, 5]), [
    'graph.input',
    aMessage,
    aNumber,
  ]),
  field('an output that is a number', graph(...product, [12, 5]), [
    'graph.output',
    aMessage,
    aNumber,
  ]),
  field('a name that is a number', graph(...product, [2, 5]), [
    atByte(120),
    ['a text', '文本'],
    aNumber,
  ]),
  field('an input without a name', graph(...product, [11, port('', [2])]), [
    'graph.input[1]',
    aName,
    nothing,
  ]),
  field('an input twice', graph(...product, [11, port('x', [0, 2])]), [
    'graph.input[1]',
    ownName,
    'x',
  ]),
  field('an output without a name', graph(...product, [12, port('', [2])]), [
    'graph.output[1]',
    aName,
    nothing,
  ]),
  field('an output that nobody gives', graph(...product, [12, port('q', [2])]), [
    'graph.output[1]',
    ['outputs that nodes give', '由节点给出的输出'],
    'q',
  ]),
  field('a graph without inputs', graph(...product.filter(([number]) => number !== 11)), [
    'graph.node[0]',
    before,
    'x',
  ]),
  kind(
    'a name of JavaScript',
    graph(
      [1, node('MatMul', ['x', '__proto__'], ['y'])],
      [5, floatTensor('__proto__', [2, 3])],
      [11, port('x', [0, 2])],
    ),
    'open/forbidden-name',
    [
      'net.onnx, __proto__: the name "__proto__" cannot be used, because JavaScript reserves it.',
      'net.onnx 的 __proto__：不能使用名称“__proto__”，因为它是 JavaScript 的保留名称。',
    ],
  ),
  field(
    'whole numbers among those with a point',
    withWeight(message([1, 1], [2, 7], [8, 'v'], [4, new Uint8Array(8)])),
    [weightAt(1), ['raw_data or int64_data', 'raw_data 或 int64_data'], 'float_data'],
  ),
  field(
    'numbers with a point among whole ones',
    withWeight(message([1, 2], [2, 1], [8, 'v'], [7, Uint8Array.of(1, 2)])),
    [weightAt(1), ['raw_data or float_data', 'raw_data 或 float_data'], 'int64_data'],
  ),
  field('texts as bytes', withWeight(message([1, 1], [2, 8], [8, 'v'], [9, new Uint8Array(4)])), [
    weightAt(1),
    'string_data',
    'raw_data',
  ]),
  field('300 in a byte', withWeight(message([1, 1], [2, 3], [8, 'v'], [5, varint(300)])), [
    weightAt(1),
    ['numbers of I8', 'I8 类型的数'],
    '300',
  ]),
  field('bytes that are a number', withWeight(message([1, 1], [2, 1], [8, 'v'], [9, 4])), [
    weightAt(1),
    bytes(4),
    '1',
  ]),
  field(
    'a type that is a text',
    withWeight(message([1, 1], [2, 'float'], [8, 'v'], [9, new Uint8Array(4)])),
    [weightAt(1), aType, '0'],
  ),
  field('weights in the file that says so', withWeight(external(['location', 'net.onnx'])), [
    weightAt(1),
    ['the name of another file', '另一个文件的名称'],
    'net.onnx',
  ]),
  field('weights in a folder', withWeight(external(['location', 'weights/'])), [
    weightAt(1),
    ['the name of another file', '另一个文件的名称'],
    'weights/',
  ]),
  field(
    'weights in two files',
    withWeight(external(['location', 'a.data'], ['location', 'b.data'])),
    ['graph.initializer[1]', ['one location', '一个 location'], ['two', '两个']],
  ),
  field(
    'an offset beyond all numbers',
    withWeight(external(['location', 'a.data'], ['offset', '99999999999999999999'])),
    [weightAt(1), ['a whole offset', '整数 offset'], '99999999999999999999'],
  ),
  field(
    'a length that is another than that of the weights',
    () => [
      ...withWeight(external(['location', 'a.data'], ['length', '4']))(),
      memoryFile('a.data', new Uint8Array(16)),
    ],
    [weightAt(1), bytes(16), '4'],
  ),
  field(
    'a file of another length than that of the weights',
    () => [
      ...withWeight(external(['location', 'a.data']))(),
      memoryFile('a.data', new Uint8Array(12)),
    ],
    [weightAt(1), bytes(16), '12'],
  ),
  kind(
    'a pointer in place of weights',
    () => [...withWeight(external(['location', 'a.data']))(), memoryFile('a.data', textBytes(lfs))],
    'open/is-git-lfs',
    [
      'a.data is a Git LFS pointer: a few lines of text that stand for the real file.',
      'a.data 是 Git LFS 指针：只有几行文字，代表真正的文件。',
    ],
  ),
  field(
    'an attribute that is a number',
    withNode(message([1, 'y'], [2, 'z'], [4, 'Elu'], [5, 3])),
    ['graph.node[1].attribute[0]', aMessage, aNumber],
  ),
  field('an attribute without a name', withAttribute([3, 1], [20, 2]), [
    'graph.node[1].attribute[0]',
    aName,
    nothing,
  ]),
  field('a whole number that is said to be none', withAttribute([1, 'alpha'], [3, 1], [20, 1]), [
    alpha,
    ['a value of the type that it says', '与其所写类型相符的值'],
    ['another', '另一种'],
  ]),
  field('an attribute of a type of the future', withAttribute([1, 'alpha'], [3, 1], [20, 77]), [
    alpha,
    ['a known type', '已知的类型'],
    '77',
  ]),
  field('an attribute of a function', withAttribute([1, 'alpha'], [21, 'a'], [20, 1]), [
    alpha,
    ['a value', '值'],
    ['a reference to one', '对值的引用'],
  ]),
  field('a product of other sides', withSides('MatMul', null, floatTensor('w', [2, 3]), [0, 5]), [
    'MatMul (MatMul_0)',
    fitting,
    '? × 5, 2 × 3',
  ]),
  field('a sum of other sides', withSides('Add', null, floatTensor('w', [5]), [0, 2]), [
    'Add (Add_0)',
    fitting,
    '? × 2, 5',
  ]),
  field('an axis that is none', withSides('Concat', axis(7), floatTensor('w', [2, 3]), [2, 3]), [
    'Concat (Concat_0)',
    fitting,
    '2 × 3, 2 × 3',
  ]),
  field(
    'kernels of other channels',
    withSides('Conv', null, floatTensor('w', [2, 2, 3, 3]), [0, 1, 8, 8]),
    ['Conv (Conv_0)', fitting, '? × 1 × 8 × 8, 2 × 2 × 3 × 3'],
  ),
  field(
    'kernels that are larger than pictures',
    withSides('Conv', null, floatTensor('w', [1, 1, 3, 3]), [0, 1, 2, 2]),
    ['Conv (Conv_0)', fitting, '? × 1 × 2 × 2, 1 × 1 × 3 × 3'],
  ),
  field(
    'statistics of other channels',
    graph(
      [1, node('BatchNormalization', ['x', 'w', 'w', 'w', 'w'], ['y'])],
      [5, floatTensor('w', [5])],
      [11, port('x', [0, 2])],
      [12, message([1, 'y'])],
    ),
    ['BatchNormalization (BatchNormalization_0)', fitting, '? × 2, 5, 5, 5, 5'],
  ),
])
