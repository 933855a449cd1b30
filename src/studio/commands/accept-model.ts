import type { ModelSummary } from '../../core/model-summary'
import type { Recipe } from '../../techniques/recipe'
import { formatCompactCount } from '../../ui-kit/format-number'
import { i18n } from '../i18n/i18n'
import type { OpenPlace } from '../keeping/open-place'
import { newSessionId } from '../keeping/tab-locks'
import { startRecipe } from '../store/recipe-history'
import type { CommandContext, HeldSession } from './command-world'
import { rememberSession } from './remember-session'

/** What goes on where a model takes the place of the one that it was cut from, or the other way round. */
export interface Standing extends Pick<
  OpenPlace,
  'origin' | 'data' | 'meaning' | 'outputNames' | 'wholes'
> {
  /** What is kept goes on under this name; absent: as before. */
  readonly session?: HeldSession
}

/** Of a model that has nothing to do with the one before. */
export const nothing: Standing = {
  origin: null,
  data: null,
  meaning: null,
  outputNames: null,
  wholes: [],
}

/** Everything that follows a model that opened; the one before it is gone only now. */
export function acceptModel(
  context: CommandContext,
  model: ModelSummary,
  {
    files,
    recipe,
    sampleId,
  }: {
    readonly files: readonly File[]
    readonly recipe: Recipe
    readonly sampleId: string | null
  },
  standing: Standing,
): void {
  const { held, store } = context
  const { meaning, origin, outputNames, wholes } = standing
  const before = standing === nothing ? null : held.session
  held.session = standing.session ?? {
    id: before?.id ?? newSessionId(),
    mark: newSessionId(),
    isKept: before?.isKept ?? false,
  }
  held.wholes = wholes
  held.teacher = null
  held.files = files
  held.origin = origin
  held.data = null
  held.meaning = meaning
  held.asked = null
  held.sampleId = sampleId
  const state = store.getState()
  state.replaceModel(model)
  // It is about the model that it was begun with, and those that are cut from it.
  if (standing === nothing) state.setLesson(null)
  if (outputNames !== null) state.setOutputNames(outputNames)
  const last = wholes.at(-1)
  if (last !== undefined) state.setCutFrom({ name: last.name, parameters: last.parameters })
  if (sampleId !== null) state.markSample()
  startRecipe(store, recipe)
  rememberSession(context)
  state.endProblem()
  state.announce(
    context.say('spoken.opened', {
      name: model.name,
      parameters: formatCompactCount(model.totals.parameters, i18n.language),
    }),
  )
}
