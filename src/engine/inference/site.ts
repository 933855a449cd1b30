import type { ValueName } from '../../graph/values'
import type { Numbers } from './folding'
import type { InferenceKernels } from './kernels'

/** Where steps work. Addresses are bytes, rooms are counted in floats. */
export interface Site {
  readonly kernels: InferenceKernels
  /** Sets memory aside for good, full of zeros. */
  readonly room: (floats: number) => number
  readonly floats: (room: number, length: number) => Float32Array
  readonly words: (room: number, length: number) => Uint32Array
  /** Where a value of the batch lies. */
  readonly address: (name: ValueName) => number
  /** Room for a tile of a product. */
  readonly tile: number
  readonly isTall: 0 | 1
}

/** A step with memory of its own. */
export interface Prepared {
  /** Once, when all memory is there. */
  readonly begin?: () => void
  /** Writes its weights anew. */
  readonly weigh?: (numbers: Numbers) => void
  readonly run: (samples: number) => void
}
