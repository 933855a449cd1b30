/** Graphs in the form that the stock converter gives to nets that people have: frozen, folded and fused. */
import { numbers, T, text, texts, whole } from './graph-attributes'
import type { Plain } from './graph-attributes'
import type { GraphFiles } from './graph-files'
import { GraphWriter } from './graph-writer'

type Attributes = { [key: string]: Plain }

const INDEX = { type: 'DT_INT32' }

function sliding(stride: number, more: Attributes = {}): Attributes {
  return {
    T,
    strides: numbers([1, stride, stride, 1]),
    padding: text('SAME'),
    data_format: text('NHWC'),
    dilations: numbers([1, 1, 1, 1]),
    explicit_paddings: numbers([]),
    ...more,
  }
}

function fused(...operators: string[]): Attributes {
  return {
    fused_ops: texts(operators),
    num_args: whole(operators.includes('Prelu') ? 2 : 1),
    epsilon: { f: 0 },
    leakyrelu_alpha: { f: 0.2 },
  }
}

const port = (name: string, sides: number[], dtype = 'DT_FLOAT'): Plain => ({
  name: `${name}:0`,
  dtype,
  tensorShape: { dim: sides.map((size) => ({ size: String(size) })) },
})

/**
 * picture [-1, 16, 16, 3] -> convolution, two inverted residuals with an addition, a squeeze and excitation with
 * hard-swish as TensorFlow writes it, mean, two outputs. Batch normalization is folded into biases.
 */
export function mobileGraph(): GraphFiles {
  const net = new GraphWriter()
  const conv = (name: string, from: string, shape: number[], stride: number, ...ops: string[]) =>
    net.node(
      '_FusedConv2D',
      name,
      [from, net.weight(`${name}/kernel`, shape), net.weight(`${name}/bias`, shape.slice(3))],
      sliding(stride, fused('BiasAdd', ...ops)),
    )
  const depthwise = (name: string, from: string, channels: number, stride: number) =>
    net.node(
      'FusedDepthwiseConv2dNative',
      name,
      [
        from,
        net.weight(`${name}/kernel`, [3, 3, channels, 1]),
        net.weight(`${name}/bias`, [channels]),
      ],
      sliding(stride, fused('BiasAdd', 'Relu6')),
    )
  const picture = net.input('picture', [-1, 16, 16, 3])
  const stem = conv('stem', picture, [3, 3, 3, 8], 2, 'Relu6')
  const wide = conv('a/expand', stem, [1, 1, 8, 24], 1, 'Relu6')
  const deep = depthwise('a/depthwise', wide, 24, 1)
  const added = net.node('AddV2', 'a/add', [conv('a/project', deep, [1, 1, 24, 8], 1), stem], { T })
  // x * relu6(x + 3) / 6, between them a gate of two layers.
  const axes = net.wholes('squeeze/axes', [1, 2])
  const mean = net.node('Mean', 'squeeze', [added, axes], { T, keep_dims: { b: true } })
  const gate = conv('gate', mean, [1, 1, 8, 8], 1)
  const shifted = net.node('AddV2', 'gate/add', [gate, net.weight('gate/three', [], [3])], { T })
  const bent = net.node('Relu6', 'gate/relu', [shifted], { T })
  const sixth = net.node('Mul', 'gate/mul', [bent, net.weight('gate/sixth', [], [1 / 6])], { T })
  const gated = net.node('Mul', 'gated', [added, sixth], { T })
  const next = depthwise('b/depthwise', conv('b/expand', gated, [1, 1, 8, 16], 1, 'Relu6'), 16, 2)
  const last = conv('b/project', next, [1, 1, 16, 12], 1)
  const pooled = net.node('Mean', 'pool', [last, net.wholes('pool/axes', [1, 2])], {
    T,
    keep_dims: { b: false },
  })
  const logits = net.node(
    '_FusedMatMul',
    'logits',
    [pooled, net.weight('logits/kernel', [12, 5]), net.weight('logits/bias', [5])],
    { T, transpose_a: { b: false }, transpose_b: { b: false }, ...fused('BiasAdd') },
  )
  const chances = net.node('Softmax', 'chances', [logits], { T })
  net.node('Identity', 'Identity', [chances], { T })
  net.node('Identity', 'Identity_1', [pooled], { T })
  return net.files({
    inputs: { picture: port('picture', [-1, 16, 16, 3]) },
    outputs: {
      features: port('Identity_1', [-1, 12]),
      chances: port('Identity', [-1, 5]),
    },
  })
}

/**
 * tokens [-1, 6] -> embedding with places -> attention of two heads by sums in letters -> layer normalization of
 * single operators -> a GELU of single operators -> mean. Shapes are computed from the batch.
 */
export function transformerGraph(): GraphFiles {
  const net = new GraphWriter()
  const scalar = (name: string, value: number) => net.weight(name, [], [value])
  const only = (name: string, value: number) => net.wholes(name, [value], [])
  const tokens = net.input('tokens', [-1, 6], 'DT_INT32')
  const table = net.weight('embedding', [20, 8])
  const found = net.node('GatherV2', 'words', [table, tokens, only('words/axis', 0)], {
    batch_dims: whole(0),
  })
  const x = net.node('AddV2', 'placed', [found, net.weight('places', [1, 6, 8])], { T })
  const [query, key, value] = ['query', 'key', 'value'].map((name) => {
    const product = net.node('Einsum', name, [x, net.weight(`${name}/kernel`, [8, 2, 4])], {
      T,
      N: whole(2),
      equation: text('abc,cde->abde'),
    })
    return net.node('AddV2', `${name}/add`, [product, net.weight(`${name}/bias`, [2, 4])], { T })
  })
  const scaled = net.node('Mul', 'scaled', [query ?? '', scalar('scale', 0.5)], { T })
  const scores = net.node('Einsum', 'scores', [key ?? '', scaled], {
    T,
    N: whole(2),
    equation: text('aecd,abcd->acbe'),
  })
  const weights = net.node('Softmax', 'weights', [scores], { T })
  const mixed = net.node('Einsum', 'mixed', [weights, value ?? ''], {
    T,
    N: whole(2),
    equation: text('acbe,aecd->abcd'),
  })
  // [batch, 6, 8], with a batch that the graph reads itself.
  const shape = net.node('Shape', 'shape', [tokens], { T: INDEX })
  const bound = (name: string, at: number) => net.wholes(name, [at])
  const batch = net.node(
    'StridedSlice',
    'batch',
    [shape, bound('batch/begin', 0), bound('batch/end', 1), bound('batch/step', 1)],
    { shrink_axis_mask: whole(1), begin_mask: whole(0), end_mask: whole(0) },
  )
  const sides = net.node('Pack', 'sides', [batch, only('six', 6), only('eight', 8)], {
    N: whole(3),
    axis: whole(0),
  })
  const joined = net.node('Reshape', 'joined', [mixed, sides], { T })
  const sum = net.node('AddV2', 'sum', [joined, x], { T })
  const axes = net.wholes('norm/axes', [2])
  const mean = net.node('Mean', 'norm/mean', [sum, axes], { T, keep_dims: { b: true } })
  const apart = net.node('SquaredDifference', 'norm/apart', [sum, mean], { T })
  const spread = net.node('Mean', 'norm/spread', [apart, axes], { T, keep_dims: { b: true } })
  const safe = net.node('AddV2', 'norm/safe', [spread, scalar('norm/epsilon', 0.001)], { T })
  const root = net.node('Rsqrt', 'norm/root', [safe], { T })
  const gain = net.node('Mul', 'norm/gain', [root, net.weight('norm/gamma', [8])], { T })
  const grown = net.node('Mul', 'norm/grown', [sum, gain], { T })
  const shift = net.node('Mul', 'norm/shift', [mean, gain], { T })
  const beta = net.node('Sub', 'norm/beta', [net.weight('norm/offset', [8]), shift], { T })
  const normed = net.node('AddV2', 'norm', [grown, beta], { T })
  const hidden = net.node(
    'BatchMatMulV2',
    'hidden',
    [normed, net.weight('hidden/kernel', [8, 16])],
    {
      T,
      adj_x: { b: false },
      adj_y: { b: false },
    },
  )
  const divided = net.node('Mul', 'gelu/divided', [hidden, scalar('gelu/root', Math.SQRT1_2)], {
    T,
  })
  const error = net.node('Erf', 'gelu/erf', [divided], { T })
  const lifted = net.node('AddV2', 'gelu/add', [error, scalar('gelu/one', 1)], { T })
  const half = net.node('Mul', 'gelu/half', [hidden, scalar('gelu/two', 0.5)], { T })
  const gelu = net.node('Mul', 'gelu', [half, lifted], { T })
  net.node('Mean', 'answer', [gelu, net.wholes('answer/axes', [1])], { T, keep_dims: { b: false } })
  return net.files({
    inputs: { tokens: port('tokens', [-1, 6], 'DT_INT32') },
    outputs: { answer: port('answer', [-1, 16]) },
  })
}

/**
 * picture [-1, 8, 8, 2] -> convolution -> pool -> transposed convolution to a shape that is put together of what the
 * graph reads and numbers -> beside what was skipped; a mask that is made of comparisons.
 */
export function segmentGraph(): GraphFiles {
  const net = new GraphWriter()
  const only = (name: string, value: number) => net.wholes(name, [value], [])
  const picture = net.input('picture', [-1, 8, 8, 2])
  const skipped = net.node(
    '_FusedConv2D',
    'down',
    [picture, net.weight('down/kernel', [3, 3, 2, 4]), net.weight('down/bias', [4])],
    sliding(1, fused('BiasAdd', 'LeakyRelu')),
  )
  const pooled = net.node('MaxPool', 'pool', [skipped], {
    T,
    ksize: numbers([1, 2, 2, 1]),
    strides: numbers([1, 2, 2, 1]),
    padding: text('VALID'),
    data_format: text('NHWC'),
  })
  const shape = net.node('Shape', 'shape', [pooled], { T })
  const bounds = ['begin', 'end', 'step'].map((name, at) =>
    net.wholes(`batch/${name}`, [at === 0 ? 0 : 1]),
  )
  const batch = net.node('StridedSlice', 'batch', [shape, ...bounds], {
    shrink_axis_mask: whole(1),
  })
  const eight = only('eight', 8)
  const sides = net.node('Pack', 'sides', [batch, eight, eight, only('three', 3)], {
    N: whole(4),
    axis: whole(0),
  })
  const raised = net.node(
    'Conv2DBackpropInput',
    'up',
    [sides, net.weight('up/kernel', [3, 3, 3, 4]), pooled],
    sliding(2),
  )
  const biased = net.node('BiasAdd', 'up/add', [raised, net.weight('up/bias', [3])], {
    T,
    data_format: text('NHWC'),
  })
  const both = net.node('ConcatV2', 'both', [biased, skipped, only('both/axis', -1)], {
    T,
    N: whole(2),
  })
  const [low, high] = ['low', 'high'].map((name, at) =>
    net.node(at === 0 ? 'Less' : 'Greater', name, [both, net.weight(`${name}/at`, [], [at])], {
      T,
    }),
  )
  const out = net.node('LogicalOr', 'out', [low ?? '', high ?? ''])
  const inside = net.node('LogicalNot', 'inside', [out])
  const certain = net.node('LogicalAnd', 'certain', [inside, inside])
  const zeros = net.node('ZerosLike', 'zeros', [both], { T })
  net.node('SelectV2', 'mask', [certain, both, zeros], { T })
  const each = net.node('All', 'each', [inside, net.wholes('each/axes', [1, 2, 3])])
  net.node('Cast', 'whole', [each], { SrcT: { type: 'DT_BOOL' }, DstT: T })
  return net.files()
}
