import type { PreparedKernels } from '../../wasm-kernels/prepare-training-kernels'

/** Runs work with the training kernels in place, and takes them out again. */
export function withinKernels<Result>(kernels: PreparedKernels | null, work: () => Result): Result {
  const leave = kernels?.enter()
  try {
    return work()
  } finally {
    leave?.()
  }
}
