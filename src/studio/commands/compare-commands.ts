import type { WeightPicture } from '../../core/weight-picture'
import { StudioError } from '../../core/errors'
import type { AskedAnswers, Comparison, DrawnAnswers } from '../../protocol/compare-messages'
import type { PictureRequest } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import type { CommandContext } from './command-world'
import { drain } from '../../protocol/drain'
import type { TrainedCommands } from './trained-commands'

/** Changed samples of each kind that are shown. */
const SHOWN = 24

/** Original and compressed model side by side. Errors go to whoever asked: nothing else depends on the answers. */
export function createCompareCommands(context: CommandContext, trained: TrainedCommands) {
  return {
    /** @throws StudioError */
    compare: (recipe: Recipe, signal: AbortSignal): Promise<Comparison> =>
      context.call(
        'compare',
        async (client, lifetime) => {
          await trained.ensure(context.call, recipe)
          return drain(await client.measure.compare({ recipe, most: SHOWN }, { signal: lifetime }))
        },
        signal,
      ),
    /** @param pixels as the data holds its own. @throws StudioError */
    drawn: (recipe: Recipe, pixels: Uint8Array, signal: AbortSignal): Promise<DrawnAnswers> =>
      context.call(
        'drawn',
        async (client, lifetime) => {
          await trained.ensure(context.call, recipe)
          return client.measure.drawn({ recipe, pixels }, { signal: lifetime })
        },
        signal,
      ),
    /** To the picture that is asked about, with settings. @throws StudioError 'data/...' */
    asked: (recipe: Recipe, signal: AbortSignal): Promise<AskedAnswers> =>
      context.call(
        'drawn',
        async (client, lifetime) => {
          const file = context.held.asked
          if (file === null) throw new StudioError('engine/no-data', {})
          await trained.ensure(context.call, recipe)
          return client.measure.asked({ recipe, file }, { signal: lifetime })
        },
        signal,
      ),
    /** @throws StudioError */
    picture: (request: PictureRequest): Promise<WeightPicture> =>
      context.call('picture', async (client, signal) => {
        await trained.ensure(context.call, request.recipe)
        return client.recipe.picture(request, { signal })
      }),
    /** Of the open model, whose compressed weights compute as long as its own. @throws StudioError */
    latency: async (batch: number, signal: AbortSignal): Promise<void> => {
      const { model } = context.store.getState()
      const latency = await context.call(
        'latency',
        (client, lifetime) => client.measure.latency({ batch }, { signal: lifetime }),
        signal,
      )
      if (context.store.getState().model === model) context.store.getState().addLatency(latency)
    },
  }
}
