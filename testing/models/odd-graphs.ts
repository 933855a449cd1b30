import { createRandom } from '../../src/core/random'
import type { Random } from '../../src/core/random'
import type { ModelGraph } from '../../src/graph/graph'
import type { GraphNode, OpAttributes, OpName } from '../../src/graph/operators'
import type { Shape } from '../../src/graph/values'
import { cellOf, graphOf, node } from './small-graphs'

type Makers = { readonly [Op in OpName]: () => OpAttributes[Op] }

/** Attributes of the right type, and of no sense but by chance. */
function makers(random: Random): Makers {
  const one = <Item>(items: readonly Item[]): Item => items[random.below(items.length)] as Item
  const number = (): number => one([0, 1, 1, 2, 2, 3, -1, -2, 5, 0.5, 2 ** 40])
  const axis = (): number => one([0, 0, 1, 1, 2, -1, -1, 3, 9])
  const list = (make = number): number[] => Array.from({ length: random.below(4) }, make)
  const often = <Item>(value: Item, otherwise: () => Item): Item =>
    random.below(3) === 0 ? otherwise() : value
  const layout = (): 'channelsLast' | 'channelsFirst' => one(['channelsLast', 'channelsFirst'])
  const sliding = () => ({
    strides: often([1], list),
    dilations: often([1], list),
    padding: one(['sameUpper' as const, { begin: [0], end: [0] }, { begin: list(), end: list() }]),
    layout: layout(),
  })
  const kernel = () => ({ spatial: often([0], () => list(axis)), input: axis(), output: axis() })
  const flag = (): boolean => random.below(2) === 0
  const sized = (): number[] | null => (flag() ? null : list())
  const cell = () => cellOf(one(['gru', 'lstm', 'convLstm'] as const), number())
  return {
    conv: () => ({ ...sliding(), kernel: kernel(), groups: number() }),
    depthwiseConv: () => ({
      ...sliding(),
      kernel: {
        spatial: often([0], () => list(axis)),
        channel: axis(),
        multiplier: one([null, axis()]),
      },
    }),
    transposedConv: () => ({
      ...sliding(),
      kernel: kernel(),
      groups: number(),
      outputPadding: often([0], list),
      output: sized(),
    }),
    matMul: () => ({ transposeA: flag(), transposeB: flag() }),
    dot: () => ({ axisA: axis(), axisB: axis(), normalize: flag() }),
    batchNormalization: () => ({ axis: axis(), epsilon: 0, momentum: 0 }),
    layerNormalization: () => ({ axes: list(axis), epsilon: 0 }),
    pool: () => ({
      ...sliding(),
      function: 'Max',
      window: often([2], list),
      countsPadding: flag(),
      ceil: flag(),
    }),
    reduce: () => ({
      function: one(['Sum', 'Prod', 'Max', 'L2'] as const),
      axes: one([null, list(axis), [0]]),
      keepDims: flag(),
    }),
    unary: () =>
      one([
        { function: 'Neg' },
        { function: 'Relu' },
        { function: 'Affine', scale: number(), offset: number() },
      ]),
    prelu: () => ({}),
    combine: () => ({
      function: one(['Add', 'Sub', 'Mul', 'Div', 'FloorDiv', 'Mod', 'Pow', 'Equal', 'Less', 'Max']),
    }),
    softmax: () => ({ axis: axis(), log: flag() }),
    identity: () => ({}),
    noise: () => ({ kind: 'Dropout', amount: number(), shared: list(axis) }),
    concat: () => ({ axis: axis() }),
    stack: () => ({ axis: axis() }),
    split: () => ({ axis: axis(), sizes: sized(), squeeze: flag() }),
    reshape: () => ({ to: sized() }),
    squeeze: () => ({ axes: one([null, list(axis), [0]]) }),
    unsqueeze: () => ({ axes: list(axis) }),
    transpose: () => ({ perm: one([[0], [1, 0], list(axis)]) }),
    pad: () => ({ begin: list(), end: list(), mode: 'constant', value: 0 }),
    slice: () => ({
      axes: often([0], () => list(axis)),
      starts: often([0], list),
      ends: often([1], list),
      steps: often([1], list),
      squeezed: one([[], [0], list(axis)]),
    }),
    gather: () => ({ axis: axis() }),
    expand: () => ({ to: sized() }),
    tile: () => ({ repeats: sized() }),
    resize: () => ({
      to: one([null, { factors: list() }, { sides: list() }]),
      mode: 'nearest',
      coordinates: 'asymmetric',
      layout: layout(),
    }),
    depthToSpace: () => ({ block: number(), layout: layout() }),
    cast: () => ({ to: one(['float32', 'int32', 'bool', 'string'] as const) }),
    where: () => ({}),
    shape: () => ({}),
    argExtreme: () => ({ function: 'ArgMax', axis: axis(), keepDims: flag() }),
    fill: () => ({ to: sized() }),
    range: () => ({}),
    einsum: () => ({ equation: one(['ab,bc->ac', 'a->', '->', 'ab->c', '...a->a', '']) }),
    topK: () => ({ count: number(), sorted: flag() }),
    cumulative: () => ({ function: 'Sum', axis: axis(), exclusive: flag(), reverse: flag() }),
    oneHot: () => ({ depth: number(), on: 1, off: 0, dtype: 'float32' }),
    gatherND: () => ({}),
    scatter: () => ({ function: one(['Replace', 'Add'] as const) }),
    nonMaxSuppression: () => ({ centered: flag() }),
    localResponseNormalization: () => ({
      axis: axis(),
      size: number(),
      alpha: 0,
      beta: 0,
      bias: 0,
    }),
    recurrent: () => ({
      cells: Array.from({ length: random.below(3) }, cell),
      masked: flag(),
      directions: one([null, 'concat', 'sum', 'lists'] as const),
      sequences: flag(),
      states: flag(),
      window: one([null, { ...sliding(), sides: list() }]),
      backwards: flag(),
    }),
    opaque: () => ({ config: {}, outputs: 1 }),
  }
}

/** Random nodes that read what comes before them, whether or not it fits; equal seeds give equal graphs. */
export function oddGraph(seed: number): ModelGraph {
  const random = createRandom(seed)
  const made = makers(random)
  const names = Object.keys(made) as OpName[]
  // What computes sizes, more often.
  const sizing = [
    'shape',
    'gather',
    'concat',
    'stack',
    'slice',
    'combine',
    'reshape',
    'expand',
    'fill',
    'reduce',
    'split',
  ] as const
  const shape = (): Shape => [null, ...[3, 2, null, 4].slice(random.below(4))]
  const inputs = { x: shape(), y: shape() }
  const constants = {
    zero: [0],
    one: [1],
    rest: [-1],
    three: [3, 2, 1],
    grid: { shape: [2, 2], dtype: 'int32' as const, values: [1, 2, 3, 4] },
  }
  const known = ['x', 'y', 'kernel', ...Object.keys(constants)]
  const nodes: GraphNode[] = []
  for (let count = 0; count < 16; count++) {
    const op =
      random.below(2) === 0
        ? (sizing[random.below(sizing.length)] ?? 'shape')
        : (names[random.below(names.length)] ?? 'shape')
    const reads = Array.from({ length: 1 + random.below(3) }, () =>
      random.below(12) === 0 ? null : (known[random.below(known.length)] ?? null),
    )
    const outputs = Array.from({ length: op === 'split' ? 2 : 1 }, (_, at) => `v${count}_${at}`)
    nodes.push(node(op, made[op](), reads, outputs))
    known.push(...outputs)
  }
  return graphOf({
    inputs,
    parameters: { kernel: [2, 3, 4] },
    constants,
    nodes,
    outputs: known.slice(-2),
  })
}
