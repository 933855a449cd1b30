import { prepareTrainingKernels } from '../wasm-kernels/prepare-training-kernels'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import { prepareDeviceKernels } from '../webgpu-kernels/prepare-device-kernels'
import type { Toolbox } from '../work/toolbox'

/** The training kernels of this engine, prepared when they are first asked for. */
export class RunKernels {
  private readonly tools: Toolbox
  private prepared: Promise<PreparedKernels> | null = null

  constructor(tools: Toolbox) {
    this.tools = tools
  }

  /** null where there is nothing but what a backend brings. */
  get(): Promise<PreparedKernels | null> {
    const { backend } = this.tools.backend().info
    if (backend === 'webgpu') return Promise.resolve(prepareDeviceKernels())
    if (backend !== 'wasm') return Promise.resolve(null)
    // Without the file there are still the plain kernels, and the page says why it is slow.
    this.prepared ??= this.tools.environment
      .trainingKernels()
      .catch(() => new Uint8Array(0))
      .then(prepareTrainingKernels)
    return this.prepared
  }
}
