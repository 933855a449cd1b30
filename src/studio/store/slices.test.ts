import { beforeEach, describe, expect, it } from 'vitest'
import { casePresets } from '../../case-study/case-plan'
import { cutPlan } from '../../../testing/studio/cut-data'
import { sensitivityTable } from '../../../testing/studio/sensitivity-table'
import {
  accuracy,
  dataSummary,
  engineInfo,
  modelSummary,
  sizeReport,
  teacherSummary,
  weightsEvent,
} from '../../../testing/studio/test-data'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultDistillation, defaultTrainingSettings } from '../../training/training-settings'
import { createStudioStore } from './store'
import type { StudioState, StudioStore } from './store'
import { newRun } from './train-slice'

type Field = {
  [Name in keyof StudioState]: StudioState[Name] extends (...given: never[]) => unknown
    ? never
    : Name
}[keyof StudioState]

const error = { code: 'open/nothing', params: {} } as const
const recipe = recipeWith({ quantize: { bits: 3 } })

/** Every field after long use; a field that is missing here does not compile. */
const used: { readonly [Name in Field]: StudioState[Name] } = {
  alternatives: { value: [], recipe },
  lastOffers: [{ target: { container: 'onnx', precision: 'exact' }, size: null, refusal: error }],
  announcement: 'It is done.',
  asked: { id: 1, name: 'cat.png' },
  banner: { kind: 'gpuGivenUp', backend: 'wasm', lost: 'webgpu' },
  blocks: [],
  cancelWaits: true,
  casePaths: [
    {
      id: 1,
      settings: { purpose: 'mobile', order: 'pruneFirst', epochs: 2 },
      limits: casePresets.mobile.limits,
      stages: [],
      status: { state: 'done' },
      latency: { original: null, compressed: null },
    },
  ],
  caseSettings: { purpose: 'mobile', order: 'quantizeFirst', epochs: 5, limits: {} },
  chosenVariants: ['q4'],
  wantsVariants: true,
  variants: { state: 'failed', error },
  candidateWork: { k: { state: 'waits' } },
  candidates: [
    { key: 'k', letter: 'B', name: 'mine', recipe, result: null, isOfOtherArithmetic: true },
  ],
  collected: { received: ['model.json'], missing: ['shard.bin'] },
  committed: recipe,
  cut: { state: 'planned', plan: cutPlan() },
  cutBlocks: ['block'],
  cutWork: { progress: { phase: 'cutting', done: 1, total: 2 }, msLeft: 3000 },
  cutFrom: { name: 'whole', parameters: 20 },
  cutStart: 'fresh',
  cutTarget: {
    criterion: 'l1',
    of: 'channels',
    share: 0.2,
    scope: 'global',
    protectFirst: false,
    seed: 1,
  },
  data: { state: 'attached', data: dataSummary() },
  engine: { state: 'ready', info: engineInfo },
  exportTarget: { container: 'tfjs', precision: 'float16' },
  exporting: { state: 'failed', error },
  focus: ['dense'],
  ...{ cores: 2, forcedBackend: 'cpu' },
  groups: [],
  interrupted: { modelName: 'tiny', epoch: 1, epochs: 3 },
  isRunKept: true,
  isSample: true,
  keeping: 'yes',
  keptName: 'pictures',
  latencies: [{ backend: 'wasm', batch: 1, runs: 5, median: 2, p95: 3, first: 9 }],
  layerOrder: 'macs',
  lesson: {
    ...{ step: 'mean', layer: 'dense', index: 3, cuts: 0, data: 'synthetic' },
    before: { recipe, training: defaultTrainingSettings, share: 0.5 },
    rows: [],
  },
  leftOut: { points: 3, unreadable: 1, run: true, parts: ['cuts'] },
  look: {
    accuracy: { logarithmic: false, near: false, allowedLoss: 2 },
    cards: { prune: true },
    triesRemedies: false,
    layers: 'graph',
    graphMeasure: 'error',
  },
  measure: { value: accuracy(90), recipe },
  model: modelSummary(),
  notKept: { what: 'model', name: 'tiny', reason: 'full' },
  opening: { state: 'opening', name: 'other', progress: null },
  originalMeasure: accuracy(98),
  outputNames: ['no', 'yes'],
  measuring: { done: 1, total: 2, msLeft: 3000 },
  phase: 'measuring',
  makeSmall: {
    ...{ state: 'failed', goal: { kind: 'loss', most: 0.01 }, base: recipe, error },
    ...{ best: null, done: 3, total: 25, trained: 0 },
  },
  picture: {
    tensor: 'dense/kernel',
    value: { rows: 1 } as unknown as NonNullable<StudioState['picture']>['value'],
  },
  problem: { id: 1, source: 'opening', error },
  quiet: { id: 2, source: 'measuring', error },
  reading: {
    ...{ title: 'pets', choices: {}, answer: null, busy: true, progress: null, error: null },
    attachedAs: {},
  },
  recipe,
  remedyTrial: { done: 1, total: 3 },
  renewal: 'ready',
  reportPlace: 'apart',
  sensitivity: { state: 'known', table: sensitivityTable() },
  sensitivityOf: 'abcdef12',
  shortcutsOpen: true,
  sizes: { value: sizeReport(), recipe },
  smallBytes: 5000,
  smallWish: { wish: 'bytes', loss: 0.02, minutes: 5 },
  snapshots: [{ name: 'mine', recipe }],
  sweep: { state: 'failed', kind: 'bits', error },
  tab: 'training',
  teacher: { state: 'ready', teacher: teacherSummary() },
  testLooks: 2,
  tour: 'prune',
  training: {
    state: 'failed',
    goesOnWith: null,
    run: newRun(recipe, defaultTrainingSettings),
    error,
  },
  trainingSettings: {
    ...defaultTrainingSettings,
    epochs: 7,
    distillation: { ...defaultDistillation, teacher: 'teacher-1', hint: null },
  },
  trial: { state: 'done', trials: [] },
  tried: [{ key: 'k', recipe, size: { zipped: 3, reportBytes: 1 }, measure: accuracy(90) }],
  weights: { value: weightsEvent(), recipe },
  weightsView: 'pictures',
  endedWorks: { wanted: 'closing', ended: ['opening'] },
  workQuestion: { wanted: 'opening', running: ['training'] },
  workWaits: [{ id: 1, wanted: 'cut', on: ['download'] }],
}

/** Each field of the store stands in one of the two lists: a new one belongs there as well. */
const ofNewModel = {
  fresh: [
    ...['alternatives', 'exporting', 'measure', 'measuring', 'phase', 'sizes', 'tried', 'weights'],
    ...['blocks', 'cut', 'cutBlocks', 'cutFrom', 'cutWork', 'groups'],
    ...['collected', 'data', 'isSample', 'model', 'opening', 'originalMeasure', 'outputNames'],
    // Of data that was attached; what waits for a model is kept.
    'reading',
    ...['asked', 'focus', 'picture', 'quiet', 'remedyTrial', 'tab', 'tour'],
    ...['candidateWork', 'candidates', 'latencies', 'snapshots', 'sweep', 'testLooks', 'trial'],
    ...['lastOffers', 'makeSmall', 'sensitivity', 'sensitivityOf', 'smallBytes'],
    ...['teacher', 'isRunKept', 'training', 'trainingSettings', 'variants'],
  ],
  kept: [
    ...['announcement', 'exportTarget', 'layerOrder', 'problem', 'shortcutsOpen', 'weightsView'],
    ...['look', 'reportPlace', 'smallWish', 'chosenVariants', 'wantsVariants'],
    ...['banner', 'cancelWaits', 'cores', 'engine', 'forcedBackend', 'renewal'],
    ...['endedWorks', 'workQuestion', 'workWaits'],
    // A cut is another model of the same study; where none of its models is open, its commands end it.
    ...['casePaths', 'caseSettings'],
    // So it is with the lesson.
    'lesson',
    // The caller chooses the settings that a model starts with.
    ...['committed', 'recipe'],
    ...['cutStart', 'cutTarget', 'interrupted', 'keeping', 'keptName', 'leftOut', 'notKept'],
  ],
}
const ofOtherData = {
  // Report and card are of the data, so is the size of a zip.
  fresh: [
    'alternatives',
    ...['candidateWork', 'data', 'lastOffers'],
    'measure',
    'makeSmall',
    'originalMeasure',
    'remedyTrial',
    'sensitivity',
    'sensitivityOf',
    'sizes',
    'teacher',
    'testLooks',
    'tried',
    'variants',
  ],
  kept: [
    ...['exporting', 'measuring', 'phase', 'weights'],
    ...['blocks', 'cut', 'cutBlocks', 'cutFrom', 'cutWork', 'cutStart', 'cutTarget', 'groups'],
    ...['collected', 'isSample', 'model', 'opening', 'outputNames', 'trial', 'keptName', 'reading'],
    ...[
      'announcement',
      'asked',
      'exportTarget',
      'focus',
      'layerOrder',
      'picture',
      'problem',
      'quiet',
    ],
    ...['look', 'reportPlace', 'shortcutsOpen', 'tab', 'tour', 'weightsView'],
    ...['chosenVariants', 'wantsVariants'],
    ...['banner', 'cancelWaits', 'cores', 'engine', 'forcedBackend', 'renewal'],
    ...['endedWorks', 'workQuestion', 'workWaits'],
    ...[
      'candidates',
      'latencies',
      'casePaths',
      'caseSettings',
      'lesson',
      'keeping',
      'leftOut',
      'notKept',
      'snapshots',
      'sweep',
    ],
    ...['smallBytes', 'smallWish'],
    ...['committed', 'recipe'],
    ...['interrupted', 'isRunKept', 'training', 'trainingSettings'],
  ],
}

/** The plain data of a store. */
function fields(store: StudioStore): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(store.getState()).filter(([, value]) => typeof value !== 'function'),
  )
}

describe('every field of the store', () => {
  it('is listed once as fresh or kept, for a new model and for other data', () => {
    const all = Object.keys(fields(createStudioStore())).toSorted()
    for (const { fresh, kept } of [ofNewModel, ofOtherData])
      expect([...fresh, ...kept].toSorted()).toEqual(all)
  })

  it('is in use in these tests: it differs from how it began, or could not be told apart', () => {
    const began = fields(createStudioStore())
    const same = Object.entries(used).filter(
      ([name, value]) => JSON.stringify(value) === JSON.stringify(began[name]),
    )
    expect(same).toEqual([])
  })
})

describe('what is fresh', () => {
  let store: StudioStore
  const began = fields(createStudioStore())
  beforeEach(() => {
    store = createStudioStore()
    store.setState(used)
  })

  /** Names of the fields that are not the very ones that were there. */
  const changed = (): string[] =>
    Object.entries(fields(store))
      .filter(([name, value]) => Reflect.get(used, name) !== value)
      .map(([name]) => name)
      .toSorted()

  it('with a new model is as it began, except for the model, and the teacher that settings name', () => {
    const model = modelSummary({ id: 'model-2' })
    store.getState().replaceModel(model)
    expect(changed()).toEqual(ofNewModel.fresh.toSorted())
    const { trainingSettings } = used
    const distillation = { ...trainingSettings.distillation, teacher: 'original', hint: null }
    const expected = {
      ...Object.fromEntries(ofNewModel.fresh.map((name) => [name, began[name]])),
      model,
      trainingSettings: { ...trainingSettings, distillation },
    }
    expect(fields(store)).toMatchObject(expected)
  })

  it('with a new model leaves data that waits for one', () => {
    const { reading } = used
    if (reading === null) throw new Error('no reading')
    const waiting = { ...reading, attachedAs: null }
    store.setState({ reading: waiting })
    store.getState().replaceModel(modelSummary({ id: 'model-2' }))
    expect(store.getState().reading).toBe(waiting)
  })

  it('with a new model leaves a tab that still has something to show, and a sweep that ends by itself', () => {
    const sweep = { state: 'running', kind: 'bits', done: 1, total: 3, waits: false, msLeft: null }
    store.setState({ tab: 'accuracy', sweep: sweep as StudioState['sweep'] })
    store.getState().replaceModel(null)
    expect(store.getState()).toMatchObject({ model: null, tab: 'accuracy', sweep })
  })

  it('with other data is as it began, except for the data, and the teacher, which has no score on it', () => {
    const data = { state: 'attached', data: dataSummary({ id: 'other' }) } as const
    store.getState().changeData(data)
    expect(changed()).toEqual(ofOtherData.fresh.toSorted())
    const expected = Object.fromEntries(ofOtherData.fresh.map((name) => [name, began[name]]))
    const teacher = { state: 'ready', teacher: { ...teacherSummary(), measure: null } }
    expect(fields(store)).toMatchObject({ ...expected, data, teacher })
  })

  it('with other data is also what steps made of the inputs of the data before', () => {
    const calibration = { state: 'missing', reason: 'noSplit' } as const
    store.setState({ weights: { value: { ...weightsEvent(), calibration }, recipe } })
    store.getState().changeData({ state: 'none' })
    expect(store.getState().weights).toBeNull()
  })

  it('is not what a restarted engine brings: the same model under another id', () => {
    store.getState().renewModel(modelSummary({ id: 'model-2' }))
    expect(changed()).toEqual(['model'])
  })
})
