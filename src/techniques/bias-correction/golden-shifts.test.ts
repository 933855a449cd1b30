import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { graphOf, node } from '../../../testing/models/small-graphs'
import { elementCount } from '../../core/tensor-spec'
import type { TensorRole } from '../../core/tensor-spec'
import type { GraphNode, OpAttributes } from '../../graph/operators'
import type { StatisticOf, Statistics } from '../statistics'
import { untouched } from '../technique'
import type { StepContext, WorkingTensor } from '../technique'
import { biasCorrection } from './bias-correction'

interface Case {
  readonly name: string
  /** Of Keras, as the settings: what was computed independently. */
  readonly className: string
  readonly config: {
    readonly strides?: readonly number[]
    readonly dilation_rate?: readonly number[]
    readonly padding?: 'same' | 'valid' | 'causal'
  }
  readonly inputs: { readonly shape: readonly number[]; readonly values: string }
  readonly kernels: readonly {
    readonly shape: readonly number[]
    readonly before: string
    readonly after: string
  }[]
  readonly shift: readonly number[]
}

const golden = JSON.parse(readFileSync('golden/bias-correction.json', 'utf8')) as {
  readonly cases: readonly Case[]
}

/** A tensor row by row. */
interface Rows {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** How a file lays weights and values out: nothing of it changes what is computed. */
interface Form {
  readonly layout: 'channelsLast' | 'channelsFirst'
  /** Where each axis of a kernel goes, those of Keras in order. */
  readonly moved: (rank: number) => readonly number[]
  /** A depthwise convolution is one in groups. */
  readonly grouped: boolean
}

const forms: Readonly<Record<string, Form>> = {
  'as Keras writes it': {
    layout: 'channelsLast',
    moved: (rank) => Array.from({ length: rank }, (_, axis) => axis),
    grouped: false,
  },
  'with filters and channels first': {
    layout: 'channelsFirst',
    moved: (rank) => [...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1, 0],
    grouped: false,
  },
  'in groups': {
    layout: 'channelsLast',
    moved: (rank) => Array.from({ length: rank }, (_, axis) => rank - 1 - axis),
    grouped: true,
  },
}

function floats(hex: string): Float32Array {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return new Float32Array(bytes.buffer)
}

/** The same elements with their axes in another order. @param moved where each axis goes */
function transposed({ shape, values }: Rows, moved: readonly number[]): Rows {
  const sides = [...shape]
  moved.forEach((to, axis) => {
    sides[to] = shape[axis] ?? 1
  })
  const turned = new Float32Array(values.length)
  values.forEach((value, index) => {
    const to = moved.map((place, axis) => {
      const at = Math.floor(index / elementCount(shape.slice(axis + 1))) % (shape[axis] ?? 1)
      return at * elementCount(sides.slice(place + 1))
    })
    turned[to.reduce((sum, step) => sum + step, 0)] = value
  })
  return { shape: sides, values: turned }
}

/** Over samples alone. */
function meanOf({ shape: [samples = 1, ...sides], values }: Rows): StatisticOf['mean'] {
  const mean = new Float64Array(values.length / samples)
  values.forEach((value, i) => {
    mean[i % mean.length] = (mean[i % mean.length] ?? 0) + value / samples
  })
  return { sides, values: mean }
}

function sliding({ config }: Case, width: readonly number[]) {
  const { strides = [], dilation_rate: dilations = [], padding } = config
  const none = width.map(() => 0)
  const reach = width.map((side, axis) => (side - 1) * (dilations[axis] ?? 1))
  const begin = padding === 'causal' ? reach : none
  return {
    strides,
    dilations,
    padding: padding === 'same' ? ('sameUpper' as const) : { begin, end: none },
  }
}

const still = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: { begin: [0, 0], end: [0, 0] },
}

/** The nodes that carry a layer out, each with the kernel that it reads. */
function nodesOf(one: Case, { layout, moved, grouped }: Form): GraphNode[] {
  const bias = 'layer/bias'
  const [kernel = { shape: [] }] = one.kernels
  const rank = kernel.shape.length
  const to = moved(rank)
  const [at, last] = [to.slice(0, -2), to.at(-1) ?? 0]
  const axes = { spatial: at, input: to.at(-2) ?? 0, output: last }
  const window = { ...sliding(one, kernel.shape.slice(0, -2)), layout }
  if (one.className === 'Dense') {
    const product = { transposeA: false, transposeB: axes.output === 0 }
    return [node('matMul', product, ['x', 'layer/kernel0', bias], ['y'], 'layer')]
  }
  const isDepthwise = /^(?:Depthwise|Separable)/.test(one.className)
  const isSeparable = one.className === 'SeparableConv2D'
  const inputs = ['x', 'layer/kernel0', ...(isSeparable ? [] : [bias])]
  const deep: OpAttributes['depthwiseConv'] = {
    ...window,
    kernel: { spatial: at, channel: axes.input, multiplier: last },
  }
  const groups = isDepthwise ? (kernel.shape.at(-2) ?? 1) : 1
  const wide: OpAttributes['conv'] = { ...window, kernel: axes, groups }
  const value = isSeparable ? 'between' : 'y'
  const points: OpAttributes['conv'] = { ...still, layout, kernel: axes, groups: 1 }
  return [
    isDepthwise && !grouped
      ? node('depthwiseConv', deep, inputs, [value], 'layer')
      : node('conv', wide, inputs, [value], 'layer'),
    ...(isSeparable ? [node('conv', points, [value, 'layer/kernel1', bias], ['y'], 'layer')] : []),
  ]
}

/** A kernel as its node reads it: the filters of all groups stand along one axis. */
function written(rows: Rows, { className }: Case, index: number, { grouped, moved }: Form): Rows {
  const { shape } = rows
  const inGroups = grouped && index === 0 && /^(?:Depthwise|Separable)/.test(className)
  const outputs = (shape.at(-2) ?? 1) * (shape.at(-1) ?? 1)
  const own = inGroups ? [...shape.slice(0, -2), 1, outputs] : shape
  return transposed({ ...rows, shape: own }, moved(shape.length))
}

function tensor(name: string, { shape, values }: Rows, role: TensorRole): WorkingTensor {
  const channel = { count: shape.at(-1) ?? 1, inner: 1 }
  const kind = { role, layerName: 'layer', layerKind: 'dense', channel } as const
  return untouched({ spec: { name, shape, dtype: 'float32', ...kind }, values })
}

const wanted = golden.cases.flatMap((one) =>
  Object.entries(forms).map(([name, form]) => ({ name: `${one.name}, ${name}`, one, form })),
)

describe('golden shifts', () => {
  it.each(wanted)('of $name', ({ one, form }) => {
    const { inputs, kernels, shift } = one
    const kernelTensors = (which: 'before' | 'after'): WorkingTensor[] =>
      kernels.map(({ shape, ...values }, index) => {
        const rows = written({ shape, values: floats(values[which]) }, one, index, form)
        return tensor(`layer/kernel${index}`, rows, 'kernel')
      })
    const zeros = { shape: [shift.length], values: new Float32Array(shift.length) }
    const bias = tensor('layer/bias', zeros, 'bias')
    const before = [...kernelTensors('before'), bias]
    const given = { shape: inputs.shape, values: floats(inputs.values) }
    const rank = inputs.shape.length
    const first = Array.from({ length: rank }, (_, axis) =>
      axis === 0 ? 0 : axis === rank - 1 ? 1 : axis + 1,
    )
    const turns = form.layout === 'channelsFirst' && one.className !== 'Dense'
    const mean = meanOf(turns ? transposed(given, first) : given)
    const context: StepContext = {
      seed: 1,
      graph: graphOf({
        inputs: { x: null },
        parameters: Object.fromEntries(before.map(({ spec }) => [spec.name, spec.shape])),
        nodes: nodesOf(one, form),
      }),
      original: (name) => before.find(({ spec }) => spec.name === name) ?? null,
      factorsOf: () => null,
      statistics: {
        key: 'a',
        of: ((_: string, kind: string) => (kind === 'mean' ? mean : null)) as Statistics['of'],
      },
    }
    const tensors = [...kernelTensors('after'), bias]
    const { parts, notes } = biasCorrection.plan(tensors, { overrides: {} }, context)
    expect(notes).toEqual([{ layer: 'layer', note: 'bias' }])
    const [part] = parts
    if (part === undefined) throw new Error('nothing is corrected')
    expect(part.tensors).toEqual(tensors.map((_, index) => index))
    const found = biasCorrection.apply(tensors, part.plan, context)
    expect(found.slice(0, -1)).toEqual(tensors.slice(0, -1))
    const largest = Math.max(...shift.map(Math.abs))
    shift.forEach((moved, channel) => {
      const taken = -(found.at(-1)?.values[channel] ?? NaN)
      expect(Math.abs(taken - moved)).toBeLessThan(1e-7 * largest)
    })
  })
})
