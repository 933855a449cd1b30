import { prepareTrainingKernels } from '../../src/engine/wasm-kernels/prepare-training-kernels'
import type { PreparedKernels } from '../../src/engine/wasm-kernels/prepare-training-kernels'

export interface InstalledKernels extends Omit<PreparedKernels, 'enter'> {
  /** Gives the backend its own kernels and gradients back. */
  uninstall(): void
}

/**
 * Makes the WASM backend train until further notice; a run enters and leaves with every step.
 * @param moduleBytes the contents of `kernels.wasm`
 * @throws when the current backend is not 'wasm'
 */
export async function installTrainingKernels(moduleBytes: BufferSource): Promise<InstalledKernels> {
  const { enter, ...facts } = await prepareTrainingKernels(moduleBytes)
  return { ...facts, uninstall: enter() }
}
