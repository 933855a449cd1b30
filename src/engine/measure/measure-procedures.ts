import type { Procedures } from '../../protocol/procedures'
import type { ModelStore } from '../model/model-store'
import type { Toolbox } from '../work/toolbox'
import { measureLatency } from './latency'
import type { KnownModels } from './known-models'
import type { Measurements } from './measurements'

export function measureProcedures({
  tools,
  models,
  known,
  measurements,
}: {
  readonly tools: Toolbox
  readonly models: ModelStore
  readonly known: KnownModels
  readonly measurements: Measurements
}): Pick<Procedures<'measure'>, 'original' | 'latency' | 'readOutputs'> {
  return {
    original: async (_, emit, signal) => {
      const state = models.require()
      // A model that cannot run has nothing to measure, and the page says why.
      if (state.runnable !== null)
        await measurements.measure(measurements.groundOf(state), null, emit, signal)
      return undefined
    },
    readOutputs: ({ meaning }) => {
      known.readOutputsAs(models.require(), meaning)
      return undefined
    },
    latency: ({ batch }, signal) => measureLatency(models.require(), batch, tools, signal),
  }
}
