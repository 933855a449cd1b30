import type { Address, CopyingKernels, ImageSizes } from '../wasm-kernels/copying-kernels'

type Windows = [
  height: number,
  width: number,
  strideY: number,
  strideX: number,
  padTop: number,
  padLeft: number,
]

/** The functions of the kernel module that only look at numbers; `wasm-kernels/assembly` documents each. */
export interface InferenceKernels extends CopyingKernels {
  productRows(
    x: Address,
    table: Address,
    gaps: Address,
    panels: Address,
    rest: Address,
    out: Address,
    room: Address,
    rows: number,
    rowsPerBlock: number,
    runs: number,
    length: number,
    columns: number,
    outBytes: number,
    low: number,
    high: number,
    isTall: 0 | 1,
  ): void
  depthwiseRows(
    x: Address,
    filter: Address,
    bias: Address,
    y: Address,
    blank: Address,
    ...rest: [
      ...ImageSizes,
      ...Windows,
      dilationY: number,
      dilationX: number,
      low: number,
      high: number,
    ]
  ): void
  poolRows(x: Address, y: Address, ...rest: [...ImageSizes, ...Windows, isMean: 0 | 1]): void
  largestOfFour(x: Address, y: Address, ...rest: ImageSizes): void
  functionOfEach(
    x: Address,
    y: Address,
    length: number,
    kind: number,
    amount: number,
    factor: number,
  ): void
  bendRows(x: Address, slope: Address, y: Address, rows: number, channels: number): void
  limitEach(x: Address, y: Address, length: number, low: number, high: number): void
  softmaxRows(x: Address, y: Address, rows: number, columns: number): void
  scaleRows(
    x: Address,
    scale: Address,
    offset: Address,
    y: Address,
    rows: number,
    channels: number,
    low: number,
    high: number,
  ): void
  combineEach(
    a: Address,
    b: Address,
    y: Address,
    length: number,
    kind: number,
    low: number,
    high: number,
  ): void
  turnEach(
    x: Address,
    y: Address,
    batch: number,
    ...rest: [...sides: [number, number, number], ...steps: [number, number, number]]
  ): void
}

const PAGE = 2 ** 16

/** Memory of its own, with the kernels in it: nothing of TensorFlow.js moves or grows it. */
export interface KernelMemory {
  readonly kernels: InferenceKernels
  readonly floats: Float32Array
  readonly words: Uint32Array
}

/** @throws RangeError where there is not so much memory */
export function kernelsIn(module: WebAssembly.Module, bytes: number): KernelMemory {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) })
  const instance = new WebAssembly.Instance(module, { env: { memory } })
  return {
    kernels: instance.exports as unknown as InferenceKernels,
    floats: new Float32Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
  }
}
