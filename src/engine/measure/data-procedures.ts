import { isDataDrop } from '../../data/recognize-drop'
import { droppedFile } from '../../protocol/dropped-file'
import type { Procedures } from '../../protocol/procedures'
import { atMostEvery } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import type { OpenData } from './open-data'

export function dataProcedures({
  tools,
  data,
}: {
  readonly tools: Toolbox
  readonly data: OpenData
}): Procedures<'data'> {
  return {
    recognize: ({ files }, signal) =>
      isDataDrop(files.map(droppedFile), () => tools.pace.between(signal)),
    /** By default prepared as for the studio's own models. */
    attach: ({ datasetId, settings }, emit, signal) => {
      const report = atMostEvery(100, () => tools.pace.now(), emit)
      return data.attachBuiltIn(datasetId, settings, report, signal)
    },
    open: (request, emit, signal) => data.attachOwn(request, emit, signal),
    read: (request, emit, signal) => data.read(request, emit, signal),
    pictures: (request, signal) => data.pictures(request, signal),
    configure: (settings, signal) => data.configure(settings, signal),
    sample: ({ index }, signal) => data.sample(index, signal),
    tryPreparations: async (request, emit, signal) => {
      await data.tryPreparations(request, emit, signal)
      return undefined
    },
    detach: () => {
      data.detach()
      return undefined
    },
  }
}
