/** Everything that the browser keeps, kept once. */
import { casePresets } from '../../src/case-study/case-plan'
import 'fake-indexeddb/auto'
import { clear, createStore, entries, get, set } from 'idb-keyval'
import type { UseStore } from 'idb-keyval'
import { ARITHMETIC_VERSION } from '../../src/core/arithmetic-version'
import * as data from '../../src/studio/keeping/kept-data'
import * as history from '../../src/studio/keeping/kept-history'
import * as run from '../../src/studio/keeping/kept-run'
import * as sensitivity from '../../src/studio/keeping/kept-sensitivity'
import * as session from '../../src/studio/keeping/kept-session'
import * as settings from '../../src/studio/keeping/kept-settings'
import * as weights from '../../src/studio/keeping/kept-trained'
import type { OpenSession } from '../../src/studio/keeping/open-place'
import { resultOf, withCandidate } from '../../src/studio/store/candidates-slice'
import type { Candidate } from '../../src/studio/store/candidates-slice'
import { effectKey } from '../../src/studio/store/recipe-slice'
import { defaultRecipe } from '../../src/techniques/recipe'
import { defaultTrainingSettings } from '../../src/training/training-settings'
import { candidateFigures } from './candidate-figures'
import { cutRecord } from './cut-data'
import { recipeWith } from './recipe-with'
import { sensitivityTable } from './sensitivity-table'
import { accuracy } from './test-data'

export const trained = { id: 'a'.repeat(64), weights: new Blob(['w']), history: [] }
export const point = {
  key: effectKey(defaultRecipe),
  recipe: defaultRecipe,
  size: { zipped: 7, reportBytes: 2 },
  measure: { ...accuracy(90), confusion: null },
}
/** One that was cut short. */
const search = {
  goal: { kind: 'loss', most: 0.005 },
  base: defaultRecipe,
  best: point.recipe,
  ...{ done: 1, total: 25, trained: 1 },
} as const
/** One that is measured, and one that is not. */
const candidates: readonly Candidate[] = withCandidate(
  withCandidate([], defaultRecipe).map((one) => ({
    ...{ ...one, name: 'first' },
    result: resultOf(candidateFigures(), { state: 'none' }),
  })),
  recipeWith({ quantize: { bits: 2 } }),
)
export const found = {
  candidates,
  snapshots: [{ name: 'mine', recipe: defaultRecipe }],
  onData: {
    one: { tried: [point, point], testLooks: 2, search },
    two: { tried: [point], testLooks: 0 },
  },
}
const files = [new File(['{}'], 'model.json')]
const whole = [new File(['whole'], 'whole.json')]
export const ownData = [new File(['1,2'], 'mine.csv')]
const wholePlace = {
  name: 'whole',
  files: whole,
  parameters: 10,
  sampleId: null,
  recipe: defaultRecipe,
  origin: null,
  data: { kind: 'builtIn', datasetId: 'mnist', settings: null },
  meaning: 'numbers',
  outputNames: ['a', 'b'],
} as const
/** A model that was cut, with its way back, a teacher, and a case study of two stages. */
export const openSession: OpenSession = {
  place: {
    ...wholePlace,
    name: 'tiny',
    files,
    origin: { files: whole, cuts: [cutRecord()] },
    data: { kind: 'own', files: ownData, choices: {}, settings: null },
    wholes: [wholePlace],
  },
  teacher: { files: whole, inputs: ['right', 'left'] },
  training: defaultTrainingSettings,
  paths: [
    {
      path: {
        id: 1,
        settings: { purpose: 'mobile', order: 'pruneFirst', epochs: 2 },
        limits: { ...casePresets.mobile.limits, bytes: null },
        stages: [
          { ...stageFigures('float'), recipe: defaultRecipe },
          { ...stageFigures('cut'), recipe: { ...defaultRecipe, trained: trained.id } },
        ],
        status: { state: 'done' },
        latency: { original: null, compressed: null },
      },
      places: [{ ...wholePlace, wholes: [] }, null],
    },
  ],
  lesson: {
    ...{ step: 'mean', layer: 'dense', index: 3, cuts: 1, data: 'synthetic' },
    before: { recipe: defaultRecipe, training: defaultTrainingSettings, share: 0.5 },
    rows: [{ id: 'linear', recipe: defaultRecipe, size: point.size, measure: point.measure }],
  },
}

function stageFigures(id: 'float' | 'cut') {
  const { measure, size } = point
  return { id, sparsity: 0, share: 0.9, size, measure, macs: null, memory: 40 }
}

const ground: run.RunGround = {
  session: openSession,
  recipe: defaultRecipe,
  settings: defaultTrainingSettings,
  trained,
}

export const tablePlace = { model: 'model-a', data: 'one', trained: undefined }

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
  'run.keepRunGround': { prefix: 'compression-studio.runs/', carries: true },
  'run.keepCheckpoint': { prefix: 'compression-studio.checkpoints/', carries: true },
  'history.saveHistory': { prefix: 'model-a', carries: true },
  'sensitivity.keepSensitivity': { prefix: 'compression-studio.sensitivity/', carries: true },
  'session.keepSession': { prefix: 'compression-studio.sessions/', carries: true },
  'trained.keepTrained': { prefix: 'compression-studio.trained/', carries: false },
  'data.keepData': { prefix: 'compression-studio.data/', carries: false },
  'settings.keepCaseLimits': { prefix: 'compression-studio.limits', carries: false },
  'settings.keepReportPlace': { prefix: 'compression-studio.report', carries: false },
  'settings.keepWantedVariants': { prefix: 'compression-studio.variants', carries: false },
  'settings.keepSmallWish': { prefix: 'compression-studio.wish', carries: false },
  'settings.keepTrainingSettings': { prefix: 'compression-studio.training', carries: false },
  /** By all that name files. */
  'room.writeWithFiles': { prefix: 'compression-studio.files/', carries: false },
} as const

export async function keepEverything(): Promise<void> {
  await data.keepData({ name: 'mine', files: ownData, choices: {}, settings: null }, files)
  await session.keepSession('session-a', 'mark', openSession)
  await run.keepRunGround(ground)
  await run.keepCheckpoint({ epoch: 3, file: new Blob(['c']) })
  await weights.keepTrained(trained)
  await history.saveHistory('model-a', found)
  await sensitivity.keepSensitivity(tablePlace, sensitivityTable())
  settings.keepTrainingSettings(storage, defaultTrainingSettings)
  settings.keepReportPlace(storage, 'apart')
  settings.keepWantedVariants(storage, { wants: true, chosen: ['q4'] })
  settings.keepSmallWish(storage, { wish: 'bytes', loss: 0.01, minutes: 5 })
  settings.keepCaseLimits(storage, { mobile: casePresets.mobile.limits })
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
  await run.forgetRun()
  await clear()
  await clear(histories)
  texts.clear()
  await keepEverything()
}
