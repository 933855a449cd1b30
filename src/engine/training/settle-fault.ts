import type { Toolbox } from '../work/toolbox'

/**
 * A lost device first ends the reading that waits for it, and is reported a moment later.
 * @throws StudioError the fault, where there was one
 */
export async function settleFault({ backend, environment }: Toolbox): Promise<void> {
  const { watch } = backend()
  await watch.settle().catch(() => undefined)
  await environment.breathe()
  watch.check()
}
