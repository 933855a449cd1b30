/** What an older studio left where it had one place for all tabs: taken over once. */
import { del, getMany } from 'idb-keyval'
import { z } from 'zod'
import { outputMeanings } from '../../core/output-meaning'
import { dataSettingsSchema } from '../../data/data-settings'
import type { CutOrigin } from '../../protocol/structure-messages'
import { defaultRecipe, parseRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import { keptChoices, withChoices } from './kept-choices'
import { keepData } from './kept-data'
import { keptFilesSchema } from './kept-files'
import { cutRecordSchema } from './kept-origin'
import { safely } from './kept-place'
import { keepSession } from './kept-session'
import { asked } from './kept-table'
import { keepTrained, trainedSchema } from './kept-trained'
import { parseTrainingRecord } from '../../training/training-record'
import { newSessionId } from './tab-locks'

const SESSION = 'compression-studio.session'
const MODEL = 'compression-studio.model'
const DATA = 'compression-studio.data'
const TRAINED = 'compression-studio.trained'
/** Runs, which went on from what no longer is: what another arithmetic began is left out anyway. */
const RUN = 'compression-studio.run'
const CHECKPOINT = 'compression-studio.run.checkpoint'

const modelSchema = z.object({
  name: z.string(),
  files: keptFilesSchema,
  datasetId: z.string().nullable(),
  origin: z
    .object({ files: keptFilesSchema, cuts: z.array(cutRecordSchema).min(1) })
    .nullable()
    .default(null),
  meaning: z.enum(outputMeanings).nullable().default(null),
  outputNames: z.array(z.string()).nullable().default(null),
})

const dataSchema = z
  .object({
    name: z.string(),
    files: keptFilesSchema,
    ...keptChoices,
    settings: dataSettingsSchema().nullable(),
  })
  .transform(withChoices)

const sessionSchema = z.object({
  modelName: z.string(),
  sampleId: z.string().nullable(),
  recipe: z.unknown(),
})

/**
 * Keeps it in its new places, and lets go of the old ones.
 * @returns whether there was a run that cannot go on
 */
export async function takeOver(storage: Pick<Storage, 'getItem' | 'removeItem'>): Promise<boolean> {
  const [model, data, trained, run, checkpoint] = await asked(() =>
    getMany<unknown>([MODEL, DATA, TRAINED, RUN, CHECKPOINT]),
  )
  const session = storage.getItem(SESSION)
  // Tables that another kind of entries begins with are none of these.
  if ([model, data, trained, run].every((one) => one === undefined) && session === null)
    return false
  for (const weights of z.array(z.unknown()).safeParse(trained).data ?? []) {
    const found = trainedSchema.safeParse(weights)
    const history = safely(() => found.data?.history.map(parseTrainingRecord))
    if (found.success && history != null) await keepTrained({ ...found.data, history })
  }
  const mine = safely(() => modelSchema.parse(model))
  const own = safely(() => dataSchema.parse(data))
  if (own !== null) await keepData(own, mine?.files ?? [])
  if (mine !== null) {
    const recipe = recipeOf(session, mine.name)
    await keepSession(newSessionId(), '', {
      place: { ...placeOf(mine), recipe },
      teacher: null,
      training: defaultTrainingSettings,
      paths: [],
      lesson: null,
    })
  }
  storage.removeItem(SESSION)
  for (const key of [MODEL, DATA, TRAINED, RUN, CHECKPOINT]) await del(key)
  return run !== undefined && checkpoint !== undefined
}

function placeOf({ datasetId, ...mine }: z.infer<typeof modelSchema>) {
  const origin: CutOrigin | null = mine.origin
  return {
    ...{ ...mine, origin, parameters: 0, sampleId: null, wholes: [] },
    data: datasetId === null ? null : { kind: 'builtIn' as const, datasetId, settings: null },
  }
}

/** The settings that the model was left with, where they are of it. */
function recipeOf(text: string | null, name: string): Recipe {
  const parsed = safely(() => sessionSchema.parse(JSON.parse(text ?? 'null')))
  if (parsed?.modelName !== name || parsed.sampleId !== null) return defaultRecipe
  return safely(() => parseRecipe(parsed.recipe)) ?? defaultRecipe
}
