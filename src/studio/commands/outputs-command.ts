import type { MeasureProgress, ModelOutputs, OutputsRequest } from '../../protocol/measure-messages'
import type { Recipe } from '../../techniques/recipe'
import type { CommandContext } from './command-world'
import { drain } from '../../protocol/drain'
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
  async function numbers(
    events: AsyncIterator<MeasureProgress, ModelOutputs>,
  ): Promise<OutputNumbers> {
    const result = await drain(events)
    return { ...result, values: new Float32Array(await result.values.arrayBuffer()) }
  }

  /** @param recipe null: the original */
  async function ofModel(request: OutputsRequest, outer?: AbortSignal): Promise<OutputNumbers> {
    if (request.recipe !== null) await trained.ensure(call, request.recipe)
    return call(
      'measure',
      async (client, signal) => numbers(await client.measure.outputs(request, { signal })),
      outer,
    )
  }

  return {
    /** @throws StudioError 'engine/no-model', 'engine/no-data' */
    outputs: async (request: OutputsRequest): Promise<OutputNumbers> => {
      // It need not wait for a measurement of the whole split, which begins anew afterwards.
      preview.clear()
      try {
        return await ofModel(request)
      } finally {
        preview.refresh()
      }
    },
    /**
     * What teacher and student say to the first samples of the validation split.
     * @param teacher 'original', or the one in the slot
     */
    bothOutputs: async (
      recipe: Recipe,
      teacher: string,
      first: number,
      outer: AbortSignal,
    ): Promise<{ teacher: OutputNumbers; student: OutputNumbers }> => {
      const split = 'validation'
      const student = await ofModel({ split, recipe, first }, outer)
      if (teacher === 'original')
        return { student, teacher: await ofModel({ split, recipe: null, first }, outer) }
      const own = await call(
        'measure',
        async (client, signal) => numbers(await client.teacher.outputs({ first }, { signal })),
        outer,
      )
      return { student, teacher: own }
    },
  }
}
