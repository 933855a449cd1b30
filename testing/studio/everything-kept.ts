/** Everything that the browser keeps, kept once. */
import 'fake-indexeddb/auto'
import { clear, createStore, entries, get, set } from 'idb-keyval'
import type { UseStore } from 'idb-keyval'
import { ARITHMETIC_VERSION } from '../../src/core/arithmetic-version'
import * as data from '../../src/studio/keeping/kept-data'
import * as history from '../../src/studio/keeping/kept-history'
import * as model from '../../src/studio/keeping/kept-model'
import * as run from '../../src/studio/keeping/kept-run'
import * as session from '../../src/studio/keeping/kept-session'
import { effectKey } from '../../src/studio/store/recipe-slice'
import { defaultRecipe } from '../../src/techniques/recipe'
import { defaultTrainingSettings } from '../../src/training/training-settings'
import { cutRecord } from './cut-data'
import { accuracy } from './test-data'

export const trained = { id: 'a'.repeat(64), weights: new Blob(['w']), history: [] }
export const point = {
  key: effectKey(defaultRecipe),
  recipe: defaultRecipe,
  size: { zipped: 7, reportBytes: 2 },
  measure: { ...accuracy(90), confusion: null },
}
export const found = {
  snapshots: [{ name: 'mine', recipe: defaultRecipe }],
  onData: { one: { tried: [point, point], testLooks: 2 }, two: { tried: [point], testLooks: 0 } },
}
const files = [new File(['{}'], 'model.json')]
/** What goes on with a model that was cut. */
const standing = {
  origin: { files: [new File(['whole'], 'whole.json')], cuts: [cutRecord()] },
  meaning: 'numbers',
  outputNames: ['a', 'b'],
} as const
const keptModel: model.KeptModel = {
  name: 'tiny',
  files,
  datasetId: null,
  ...standing,
}
const ground: run.RunGround = {
  modelName: 'tiny',
  sampleId: null,
  files,
  data: { kind: 'own', files, choices: {}, settings: null },
  ...standing,
  recipe: defaultRecipe,
  settings: defaultTrainingSettings,
  trained,
  teacher: files,
}

/** localStorage, where the page keeps text. */
const texts = new Map<string, string>()
export const storage = {
  getItem: (key: string) => texts.get(key) ?? null,
  setItem: (key: string, value: string) => void texts.set(key, value),
  removeItem: (key: string) => void texts.delete(key),
}
export const histories: UseStore = createStore('compression-studio-history', 'models')

/**
 * Everything that the browser keeps, by who keeps it. Figures, and what goes on to figures, carry the version
 * of the arithmetic; the rest holds under any: a person's files and settings, and weights, which are like a
 * file's.
 */
export const places = {
  'run.keepRunGround': { key: 'compression-studio.run', carries: true },
  'run.keepCheckpoint': { key: 'compression-studio.run.checkpoint', carries: true },
  'history.saveHistory': { key: 'model-a', carries: true },
  'run.keepTrained': { key: 'compression-studio.trained', carries: false },
  'model.keepModel': { key: 'compression-studio.model', carries: false },
  'data.keepData': { key: 'compression-studio.data', carries: false },
  'session.keepSession': { key: 'compression-studio.session', carries: false },
  'session.keepReportPlace': { key: 'compression-studio.report', carries: false },
  'session.keepTrainingSettings': { key: 'compression-studio.training', carries: false },
} as const

export async function keepEverything(): Promise<void> {
  await run.keepRunGround(ground)
  await run.keepCheckpoint({ epoch: 3, file: new Blob(['c']) })
  await run.keepTrained(trained)
  await history.saveHistory('model-a', found)
  await model.keepModel(keptModel)
  await data.keepData({ name: 'mine', files, choices: {}, settings: null })
  session.keepSession(storage, { modelName: 'tiny', sampleId: null, recipe: defaultRecipe })
  session.keepTrainingSettings(storage, defaultTrainingSettings)
  session.keepReportPlace(storage, 'apart')
}

/** All that is kept, in three places. */
export async function everything(): Promise<Map<string, unknown>> {
  return new Map<string, unknown>([
    ...(await entries<string, unknown>()),
    ...(await entries<string, unknown>(histories)),
    ...[...texts].map(([key, text]): [string, unknown] => [key, JSON.parse(text)]),
  ])
}

export const others = [
  ['no version', undefined],
  ['an older one', 1],
  ['a newer one', ARITHMETIC_VERSION + 1],
  ['a wrong one', String(ARITHMETIC_VERSION)],
] as const

/** What is kept under a key, as if another build had kept it. */
export async function changeVersion(
  key: string,
  arithmetic: unknown,
  store?: UseStore,
): Promise<void> {
  const { arithmetic: _, ...kept } = (await get(key, store)) as Record<string, unknown>
  await set(key, arithmetic === undefined ? kept : { ...kept, arithmetic }, store)
}

/** A browser that has been here once. */
export async function keepOnlyEverything(): Promise<void> {
  await clear()
  await clear(histories)
  texts.clear()
  await keepEverything()
}
