import { weightStatistics } from './statistics'
import { elementCount } from './tensor-spec'
import type { TensorSpec } from './tensor-spec'

/** Cells that one picture holds at most, unless a single output channel has more of them. */
const MOST_CELLS = 2 ** 16
/** Sides of a matrix in cells; a larger one shows several weights in each. */
const MOST_ROWS = 512
const MOST_COLUMNS = 1024

/** What of a tensor is drawn. */
export interface WeightPicture {
  /** kernels: a small image of `tile` for each output and input. matrix: one cell row for each output. */
  readonly kind: 'kernels' | 'matrix'
  /** Cells of one kernel; of a matrix, all of it. */
  readonly tile: { readonly height: number; readonly width: number }
  /** Input channels of one output; 1 where each output looks at one channel alone. */
  readonly inputs: number
  /** Of the whole tensor. */
  readonly outputs: number
  /** Outputs [from, from + shown) are in the picture; of a matrix all are. */
  readonly from: number
  readonly shown: number
  /** Weights of a cell, [along outputs, along inputs]; 1 x 1 unless the matrix is too large. */
  readonly block: readonly [number, number]
  /** Largest |w| of the original tensor. */
  readonly scale: number
  /**
   * Row-major [output, input, height, width] for kernels, [output, input] for a matrix: the weight that is
   * largest by magnitude in each cell.
   */
  readonly before: Float32Array
  readonly after: Float32Array
  /** Share of exact zeros in each cell, 0..255. */
  readonly zerosBefore: Uint8Array
  readonly zerosAfter: Uint8Array
  /** One for each output in the picture. */
  readonly rows: readonly OutputRow[]
}

/** All weights of one output channel. */
export interface OutputRow {
  readonly output: number
  readonly weights: number
  readonly zerosBefore: number
  readonly zerosAfter: number
  /** sqrt(sum w^2) */
  readonly normBefore: number
  readonly normAfter: number
}

/** Where the weight of an output, input and place in the kernel lies in the flat array. */
interface Layout {
  readonly tile: { readonly height: number; readonly width: number }
  readonly inputs: number
  readonly outputs: number
  readonly at: (output: number, input: number, place: number) => number
}

/**
 * Draws a tensor with its channels sorted: kernels of convolutions as small images, everything else as a
 * matrix of outputs x inputs.
 * @param before weights of the original, row-major, as `spec.shape`
 * @param after the same, decoded from what a file would hold
 * @param from first output channel of the picture, where they do not all fit; clipped to what exists
 */
export function weightPicture(
  spec: TensorSpec,
  before: Float32Array,
  after: Float32Array,
  from: number,
): WeightPicture {
  const layout = layoutOf(spec)
  const { max, min } = weightStatistics(before)
  const scale = Math.max(max, -min)
  const places = layout.tile.height * layout.tile.width
  return places === 1
    ? matrix(layout, before, after, scale)
    : kernels(layout, before, after, scale, from)
}

function layoutOf(spec: TensorSpec): Layout {
  return outputsFirst(spec) ?? windowFirst(spec)
}

/** Kernels of PyTorch: [out, in, window], those of transposed convolutions [in, out, window]. */
function outputsFirst({ channel, role, shape }: TensorSpec): Layout | null {
  const [first = 1, second = 1, ...window] = shape
  const places = elementCount(window)
  const width = window.at(-1) ?? 1
  const tile = { height: places / Math.max(1, width), width }
  if (channel.count === first && channel.inner === second * places && shape.length > 1)
    return {
      ...{ tile, inputs: second, outputs: first },
      at: (output, input, place) => (output * second + input) * places + place,
    }
  if (role === 'depthwiseKernel' || window.length < 2) return null
  if (channel.count !== second || channel.inner !== places) return null
  return {
    ...{ tile, inputs: first, outputs: second },
    at: (output, input, place) => (input * second + output) * places + place,
  }
}

/** Kernels of Keras: [window, in, out], those of transposed convolutions [window, out, in]. */
function windowFirst({ channel, role, shape }: TensorSpec): Layout {
  const last = shape.at(-1) ?? 1
  const secondLast = shape.at(-2) ?? 1
  const window = shape.slice(0, -2)
  const places = elementCount(window)
  const width = window.at(-1) ?? 1
  const tile = { height: places / Math.max(1, width), width }
  if (role === 'depthwiseKernel')
    return {
      tile,
      inputs: 1,
      outputs: secondLast * last,
      at: (output, _input, place) => place * secondLast * last + output,
    }
  // A transposed convolution keeps [..., out, in].
  if (channel.inner !== 1)
    return {
      tile,
      inputs: last,
      outputs: secondLast,
      at: (output, input, place) => (place * secondLast + output) * last + input,
    }
  return {
    tile,
    inputs: secondLast,
    outputs: last,
    at: (output, input, place) => (place * secondLast + input) * last + output,
  }
}

function kernels(
  layout: Layout,
  before: Float32Array,
  after: Float32Array,
  scale: number,
  wanted: number,
): WeightPicture {
  const { at, inputs, outputs, tile } = layout
  const places = tile.height * tile.width
  const fitting = Math.max(1, Math.floor(MOST_CELLS / (inputs * places)))
  const from = Math.max(0, Math.min(wanted, outputs - fitting))
  const shown = Math.min(fitting, outputs - from)
  const cells = emptyCells(shown * inputs * places)
  let cell = 0
  for (let output = from; output < from + shown; output++)
    for (let input = 0; input < inputs; input++)
      for (let place = 0; place < places; place++, cell++) {
        const index = at(output, input, place)
        setCell(cells, cell, before[index] ?? 0, after[index] ?? 0)
      }
  const rows = outputRows(layout, before, after, from, shown)
  return {
    kind: 'kernels',
    tile,
    inputs,
    outputs,
    from,
    shown,
    block: [1, 1],
    scale,
    ...cells,
    rows,
  }
}

function matrix(
  layout: Layout,
  before: Float32Array,
  after: Float32Array,
  scale: number,
): WeightPicture {
  const { at, inputs, outputs } = layout
  const tall = Math.ceil(outputs / MOST_ROWS)
  const wide = Math.ceil(inputs / MOST_COLUMNS)
  const height = Math.ceil(outputs / tall)
  const width = Math.ceil(inputs / wide)
  const cells = emptyCells(height * width)
  for (let row = 0, cell = 0; row < height; row++)
    for (let column = 0; column < width; column++, cell++) {
      let [strongestBefore, strongestAfter, zerosBefore, zerosAfter, count] = [0, 0, 0, 0, 0]
      for (let y = row * tall; y < Math.min(outputs, (row + 1) * tall); y++)
        for (let x = column * wide; x < Math.min(inputs, (column + 1) * wide); x++, count++) {
          const index = at(y, x, 0)
          const [was, is] = [before[index] ?? 0, after[index] ?? 0]
          if (Math.abs(was) > Math.abs(strongestBefore)) strongestBefore = was
          if (Math.abs(is) > Math.abs(strongestAfter)) strongestAfter = is
          if (was === 0) zerosBefore++
          if (is === 0) zerosAfter++
        }
      cells.before[cell] = strongestBefore
      cells.after[cell] = strongestAfter
      cells.zerosBefore[cell] = Math.round((255 * zerosBefore) / count)
      cells.zerosAfter[cell] = Math.round((255 * zerosAfter) / count)
    }
  return {
    kind: 'matrix',
    tile: { height, width },
    inputs,
    outputs,
    from: 0,
    shown: outputs,
    block: [tall, wide],
    scale,
    ...cells,
    rows: outputRows(layout, before, after, 0, outputs),
  }
}

type Cells = Pick<WeightPicture, 'before' | 'after' | 'zerosBefore' | 'zerosAfter'>

function emptyCells(count: number): Cells {
  return {
    before: new Float32Array(count),
    after: new Float32Array(count),
    zerosBefore: new Uint8Array(count),
    zerosAfter: new Uint8Array(count),
  }
}

function setCell(cells: Cells, cell: number, before: number, after: number): void {
  cells.before[cell] = before
  cells.after[cell] = after
  cells.zerosBefore[cell] = before === 0 ? 255 : 0
  cells.zerosAfter[cell] = after === 0 ? 255 : 0
}

function outputRows(
  { at, inputs, tile }: Layout,
  before: Float32Array,
  after: Float32Array,
  from: number,
  shown: number,
): OutputRow[] {
  const places = tile.height * tile.width
  return Array.from({ length: shown }, (_, row) => {
    const output = from + row
    let [zerosBefore, zerosAfter, squaresBefore, squaresAfter] = [0, 0, 0, 0]
    for (let input = 0; input < inputs; input++)
      for (let place = 0; place < places; place++) {
        const index = at(output, input, place)
        const [was, is] = [before[index] ?? 0, after[index] ?? 0]
        if (was === 0) zerosBefore++
        if (is === 0) zerosAfter++
        squaresBefore += was * was
        squaresAfter += is * is
      }
    return {
      output,
      weights: inputs * places,
      zerosBefore,
      zerosAfter,
      normBefore: Math.sqrt(squaresBefore),
      normAfter: Math.sqrt(squaresAfter),
    }
  })
}
