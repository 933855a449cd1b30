import { startCpu, startWasm } from './backend/backend-starters'
import { startWork } from './cores/cores'
import { served, serveHelper } from './cores/serve-helper'
import type { HelperDesk } from './cores/serve-helper'
import { serveRanges } from './measure/serve-ranges'
import { servePieces } from './training/pieces/serve-pieces'
import { prepareTrainingKernels } from './wasm-kernels/prepare-training-kernels'
import type { PreparedKernels } from './wasm-kernels/prepare-training-kernels'

/** All that a further worker of the engine can be asked. */
export function serveEngineHelper(desk: HelperDesk): void {
  let prepared: PreparedKernels | null = null
  serveHelper(desk, [
    served(startWork, async ({ backend, kernels, wasmPaths }) => {
      await (backend === 'wasm' ? startWasm({ wasmPaths }) : startCpu())
      if (backend === 'wasm') prepared = await prepareTrainingKernels(kernels)
      return { value: null }
    }),
    ...serveRanges(),
    ...servePieces(() => prepared),
  ])
}
