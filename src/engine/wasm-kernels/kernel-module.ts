import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { Ends } from './limiting'
import type { Address, CopyingKernels, ImageSizes } from './copying-kernels'

type Window = [height: number, width: number]
type Strides = [y: number, x: number]
type Padding = [top: number, left: number]
/** Rows of weights, groups side by side in a row, and neighbours of one group. */
type Turns = [rows: number, count: number, run: number]

/**
 * The functions of `kernels.wasm`; `assembly/` documents each. Addresses are byte offsets into the
 * backend's memory.
 */
export interface KernelModule extends CopyingKernels {
  resizeRows(source: Address, target: Address, rows: number, from: number, to: number): void
  repeatBlocks(
    source: Address,
    target: Address,
    blocks: number,
    repeats: number,
    blockBytes: number,
  ): void

  addBias(
    values: Address,
    bias: Address,
    output: Address,
    rows: number,
    channels: number,
    ...ends: Ends
  ): void
  movingAverage(
    average: Address,
    value: Address,
    moved: Address,
    length: number,
    share: number,
  ): void
  addRelu(a: Address, b: Address, sum: Address, length: number): void
  clipGradient(y: Address, dy: Address, dx: Address, length: number, ...ends: Ends): void
  adamStep(
    weights: Address,
    gradient: Address,
    firstMoment: Address,
    secondMoment: Address,
    updated: Address,
    length: number,
    beta1: number,
    beta2: number,
    correction1: number,
    correction2: number,
    learningRate: number,
    epsilon: number,
  ): void
  columnSums(values: Address, sums: Address, rows: number, channels: number): void

  batchNormForward(
    x: Address,
    gamma: Address,
    beta: Address,
    mean: Address,
    variance: Address,
    y: Address,
    room: Address,
    rows: number,
    channels: number,
    epsilon: number,
    ...rest: [...Ends, held: 0 | 1]
  ): void
  batchNormBackward(
    x: Address,
    dy: Address,
    gamma: Address,
    beta: Address,
    mean: Address,
    variance: Address,
    dGamma: Address,
    dBeta: Address,
    /** 0: left out. */
    dx: Address,
    room: Address,
    rows: number,
    channels: number,
    epsilon: number,
    ...rest: [...Ends, held: 0 | 1, summed: 0 | 1]
  ): void
  batchNormMoments(
    x: Address,
    origins: Address,
    mean: Address,
    variance: Address,
    room: Address,
    before: number,
    rows: number,
    total: number,
    channels: number,
  ): void
  batchNormInputGradient(
    x: Address,
    dy: Address,
    room: Address,
    dx: Address,
    rows: number,
    channels: number,
    ...ends: Ends
  ): void

  matrixProduct(
    a: Address,
    b: Address,
    out: Address,
    room: Address,
    rows: number,
    inner: number,
    columns: number,
    turnedA: 0 | 1,
    turnedB: 0 | 1,
    goesOn: 0 | 1,
  ): void
  convForward(
    x: Address,
    filter: Address,
    out: Address,
    panels: Address,
    ...rest: [...ImageSizes, outStride: number, ...Window, ...Strides]
  ): void
  convFilterGradient(
    x: Address,
    dy: Address,
    dFilter: Address,
    ...rest: [...ImageSizes, outStride: number, ...Window, ...Strides, rowsPerBlock: number]
  ): void
  convInputGradient(
    dy: Address,
    filter: Address,
    dx: Address,
    ...rest: [...ImageSizes, outChannels: number, ...Window, ...Strides]
  ): void

  depthwiseForward(
    x: Address,
    filter: Address,
    y: Address,
    blank: Address,
    ...rest: [...ImageSizes, ...Window, ...Strides, ...Padding]
  ): void
  depthwiseFilterGradient(
    x: Address,
    dy: Address,
    dFilter: Address,
    blank: Address,
    ...rest: [...ImageSizes, ...Window, ...Strides, ...Padding, goesOn: 0 | 1]
  ): void
  depthwiseInputGradient(
    dy: Address,
    filter: Address,
    dx: Address,
    blank: Address,
    ...rest: [...ImageSizes, ...Window, ...Strides, ...Padding]
  ): void

  maxPoolGradient(
    x: Address,
    dy: Address,
    dx: Address,
    ...rest: [...ImageSizes, ...Window, ...Strides, ...Padding]
  ): void
  maxPoolGradientDisjoint(
    x: Address,
    dy: Address,
    dx: Address,
    ...rest: [...ImageSizes, ...Window]
  ): void
  averagePoolGradient(
    dy: Address,
    dx: Address,
    ...rest: [...ImageSizes, ...Window, ...Strides, ...Padding]
  ): void

  groupRanges(values: Address, low: Address, high: Address, ...turns: Turns): void
  restoreCodes(
    values: Address,
    restored: Address,
    scale: Address,
    inverse: Address,
    zero: Address,
    low: Address,
    high: Address,
    rows: number,
    count: number,
    run: number,
    turned: 0 | 1,
    before: number,
    behind: number,
    first: number,
    last: number,
  ): void
  clipToEnds(values: Address, result: Address, low: Address, high: Address, ...turns: Turns): void
  rangeGradientSums(
    values: Address,
    restored: Address,
    dy: Address,
    low: Address,
    high: Address,
    moved: Address,
    top: Address,
    bottom: Address,
    parts: Address,
    ...turns: Turns
  ): void
}

/** Either the module, running inside the backend's memory, or the reason why it cannot. */
export type KernelModuleResult =
  | { readonly module: KernelModule; readonly reason?: never }
  | { readonly module?: never; readonly reason: string }

/** What Emscripten puts on its module object; not in the backend's types, so nothing is certain. */
interface EmscriptenInternals {
  readonly HEAPU8?: Uint8Array
  readonly asm?: { readonly memory?: unknown }
}

/**
 * Starts `kernels.wasm` inside the memory of the running backend.
 *
 * `asm.memory` is an internal of the single-thread SIMD build (the threaded build imports its memory
 * instead), so it is used only after it has proved to be the heap that holds the tensors.
 */
export async function startKernelModule(
  backend: BackendWasm,
  moduleBytes: BufferSource,
): Promise<KernelModuleResult> {
  const { asm, HEAPU8: heap } = backend.wasm as EmscriptenInternals
  const memory = asm?.memory
  if (!(memory instanceof WebAssembly.Memory)) {
    return { reason: 'this build of the WASM backend does not export its memory' }
  }
  if (memory.buffer !== heap?.buffer) {
    return { reason: "the WASM backend's exported memory is not its heap" }
  }
  try {
    const { instance } = await WebAssembly.instantiate(moduleBytes, { env: { memory } })
    return { module: instance.exports as unknown as KernelModule }
  } catch (error) {
    // No SIMD, or a content policy that forbids compiling.
    return { reason: `the kernel module does not start: ${String(error)}` }
  }
}
