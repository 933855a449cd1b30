import type { MeasureProgress, ModelOutputs, OutputsRequest } from '../../protocol/messages'
import type { CommandContext } from '../commands'
import { drain } from '../drain'
import type { PreviewCommands } from './preview-commands'
import type { TrainedCommands } from './trained-commands'

/** Outputs as numbers: row-major [samples, classes]. */
export interface OutputNumbers extends Omit<ModelOutputs, 'values'> {
  readonly values: Float32Array
}

/** What the open model, original or compressed, computes for samples of the attached data. */
export function createOutputsCommand(
  { call }: CommandContext,
  preview: PreviewCommands,
  trained: TrainedCommands,
) {
  return {
    /** @throws StudioError 'engine/no-model', 'engine/no-data' */
    outputs: async (request: OutputsRequest): Promise<OutputNumbers> => {
      // It need not wait for a measurement of the whole split, which begins anew afterwards.
      preview.clear()
      try {
        if (request.recipe !== null) await trained.ensure(call, request.recipe)
        const result = await call('measure', async (client, signal) =>
          drain<MeasureProgress, ModelOutputs>(
            await client.measure.outputs(request, { signal }),
            () => undefined,
          ),
        )
        return { ...result, values: new Float32Array(await result.values.arrayBuffer()) }
      } finally {
        preview.refresh()
      }
    },
  }
}
