import type { Procedures } from '../../protocol/procedures'
import { requireRunnable } from '../model/model-store'
import type { ModelStore } from '../model/model-store'
import { readOwnData } from '../samples/read-own-data'
import { attachOwn } from '../samples/attach-own-data'
import { atMostEvery } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import type { Measurements } from './measurements'

export function dataProcedures({
  tools,
  models,
  measurements,
}: {
  readonly tools: Toolbox
  readonly models: ModelStore
  readonly measurements: Measurements
}): Procedures<'data'> {
  return {
    /** By default prepared as for the studio's own models. */
    attach: ({ datasetId, settings }, emit, signal) => {
      const report = atMostEvery(100, () => tools.pace.now(), emit)
      return measurements.attachBuiltIn(datasetId, settings, report, signal)
    },
    open: async (request, emit, signal) => {
      const state = models.require()
      const runnable = requireRunnable(state)
      const loaded = await readOwnData(request, runnable, tools, emit, signal)
      return measurements.attach(state, attachOwn(loaded, runnable, request.settings, tools))
    },
    configure: (settings) => measurements.configure(settings),
    sample: ({ index }, signal) => measurements.picture(index, signal),
    tryPreparations: async (_, emit, signal) => {
      await measurements.tryPreparations(emit, signal)
      return undefined
    },
    detach: () => {
      measurements.detach()
      return undefined
    },
  }
}
