import type { ModelSummary } from '../../src/core/model-summary'
import type {
  CompareRequest,
  Comparison,
  AskedAnswers,
  CandidateFigures,
  DrawnAnswers,
  TriedResult,
} from '../../src/protocol/compare-messages'
import type { DataSettings } from '../../src/data/data-settings'
import type {
  DataSummary,
  OpenDataRequest,
  PreparationTrial,
  ReadingResult,
  SmallPicture,
} from '../../src/protocol/data-messages'
import type { EngineInfo, OpenProgress, StartRequest } from '../../src/protocol/engine-messages'
import type { Latency, MeasureEvent, MeasureProgress } from '../../src/protocol/measure-messages'
import type {
  ExportProgress,
  ExportRequest,
  ExportResult,
  PreviewEvent,
  PreviewRequest,
} from '../../src/protocol/recipe-messages'
import type { SensitivityEvent, SensitivityRequest } from '../../src/protocol/search-messages'
import type { SensitivityTable } from '../../src/search/sensitivity'
import type {
  BlockSummary,
  CutPlan,
  CutProgress,
  CutResult,
  GroupSummary,
} from '../../src/protocol/structure-messages'
import type {
  TeacherSummary,
  TrainEvent,
  TrainRequest,
  TrainResult,
} from '../../src/protocol/training-messages'
import type {
  VariantsEvent,
  VariantsRequest,
  VariantsZip,
} from '../../src/protocol/variant-messages'
import { variantRow, variantsOriginal } from './variant-rows'
import type { Recipe } from '../../src/techniques/recipe'
import { candidateFigures } from './candidate-figures'
import { cutPlan, cutRecord } from './cut-data'
import { sensitivityTable } from './sensitivity-table'
import {
  accuracy,
  comparison,
  dataSummary,
  engineInfo,
  modelSummary,
  preparationTrial,
  sizeReport,
  tableReading,
  teacherSummary,
  trainStarted,
  trainValidation,
  weightsEvent,
} from './test-data'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** What a fake worker answers; a test replaces the parts that it is about. */
export interface Answers {
  start: (request: StartRequest, options: CallOptions) => Promise<EngineInfo>
  missing: (
    files: readonly File[],
    signal: AbortSignal,
    whole: boolean,
  ) => Promise<readonly string[]>
  open: (files: readonly File[], signal: AbortSignal) => AsyncGenerator<OpenProgress, ModelSummary>
  attach: (datasetId: string) => AsyncGenerator<OpenProgress, DataSummary>
  openData: (request: OpenDataRequest) => AsyncGenerator<OpenProgress, DataSummary>
  read: (
    request: Pick<OpenDataRequest, 'files' | 'choices'>,
  ) => AsyncGenerator<OpenProgress, ReadingResult>
  pictures: () => readonly SmallPicture[]
  configure: (settings: DataSettings) => Promise<DataSummary>
  original: () => AsyncGenerator<MeasureEvent, undefined>
  search: () => AsyncGenerator<PreparationTrial, undefined>
  preview: (request: PreviewRequest) => AsyncGenerator<PreviewEvent, undefined>
  teacher: (
    files: readonly File[],
    signal: AbortSignal,
  ) => AsyncGenerator<OpenProgress, TeacherSummary>
  train: (request: TrainRequest, signal: AbortSignal) => AsyncGenerator<TrainEvent, TrainResult>
  groups: () => readonly GroupSummary[]
  blocks: () => readonly BlockSummary[]
  plan: () => AsyncGenerator<CutProgress, CutPlan>
  cut: () => AsyncGenerator<CutProgress, CutResult>
  latency: () => Promise<Latency>
  try: (recipe: Recipe) => Promise<TriedResult>
  sensitivity: (request: SensitivityRequest) => AsyncGenerator<SensitivityEvent, SensitivityTable>
  compare: (request: CompareRequest) => AsyncGenerator<MeasureProgress, Comparison>
  candidate: (recipe: Recipe) => AsyncGenerator<MeasureProgress, CandidateFigures>
  drawn: () => Promise<DrawnAnswers>
  asked: (file: File) => Promise<AskedAnswers>
  export: (
    request: ExportRequest,
    signal: AbortSignal,
  ) => AsyncGenerator<ExportProgress, ExportResult>
  saveUnmeasured: () => void
  variants: (
    request: VariantsRequest,
    signal: AbortSignal,
  ) => AsyncGenerator<VariantsEvent, undefined>
  variantsZip: (request: VariantsRequest) => VariantsZip | null
}

export const defaultAnswers: Answers = {
  start: () => Promise.resolve(engineInfo),
  missing: () => Promise.resolve([]),
  open: async function* () {
    yield await Promise.resolve({ phase: 'validating' as const, done: 1, total: 2 })
    return modelSummary()
  },
  attach: async function* (id) {
    yield await Promise.resolve({ phase: 'downloading' as const, done: 0, total: 1 })
    return dataSummary({ id, name: id })
  },
  openData: async function* ({ files, settings }) {
    yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
    const summary = dataSummary({ id: files[0]?.name ?? '' })
    return settings === null ? summary : { ...summary, settings }
  },
  read: async function* ({ choices }) {
    yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
    return { reading: tableReading(choices), misfit: null }
  },
  pictures: () => [],
  configure: (settings) => Promise.resolve(dataSummary({ settings })),
  original: async function* () {
    yield await Promise.resolve(accuracy(98))
    return undefined
  },
  search: async function* () {
    yield await Promise.resolve(preparationTrial())
    return undefined
  },
  preview: async function* ({ mode }) {
    yield await Promise.resolve(weightsEvent())
    if (mode === 'settled') {
      yield { type: 'size', sizes: sizeReport(), tensors: [], alternatives: [] }
      yield accuracy(90)
    }
    return undefined
  },
  groups: () => [],
  blocks: () => [],
  latency: () =>
    Promise.resolve({
      backend: 'wasm',
      batch: 1,
      runs: 5,
      median: 2,
      p95: 3,
      first: 9,
    }),
  try: () => Promise.resolve({ size: { zipped: 150, reportBytes: 30 }, measure: accuracy(95) }),
  sensitivity: async function* () {
    const table = sensitivityTable()
    const [layer = null] = table.layers
    yield await Promise.resolve({ done: 1, total: 2, layer })
    return table
  },
  compare: async function* () {
    yield await Promise.resolve({ done: 1, total: 1 })
    return comparison()
  },
  candidate: async function* () {
    yield await Promise.resolve({ done: 1, total: 1 })
    return candidateFigures()
  },
  drawn: () => Promise.resolve({ original: [0.9, 0.1], compressed: [0.6, 0.4] }),
  asked: () => Promise.resolve({ original: [0.9, 0.1], compressed: [0.4, 0.6], picture: null }),
  plan: async function* () {
    yield await Promise.resolve({ phase: 'scoring' as const, done: 1, total: 2 })
    return cutPlan()
  },
  cut: async function* () {
    yield await Promise.resolve({ phase: 'cutting' as const, done: 1, total: 2 })
    return {
      files: [{ path: 'model.json', blob: new Blob(['smaller']) }],
      plan: cutPlan(),
      record: cutRecord(),
    }
  },
  teacher: async function* () {
    yield await Promise.resolve({ phase: 'reading' as const, done: 0, total: 1 })
    return teacherSummary()
  },
  train: async function* ({ recipe }) {
    yield await Promise.resolve(trainStarted())
    yield trainValidation(recipe, 1)
    const { trained, ...event } = trainValidation(recipe, 1)
    return { end: 'finished', epoch: 1, measure: event.measure, recipe: event.recipe, trained }
  },
  saveUnmeasured: () => undefined,
  variants: async function* ({ variants }) {
    yield await Promise.resolve(variantsOriginal)
    for (const id of variants) yield { type: 'row', row: variantRow(id) }
    return undefined
  },
  variantsZip: ({ variants }) => ({
    ...{ fileName: 'tiny.zip', zip: new Blob([variants.join()]), code: `load(${variants[0]})` },
  }),
  export: async function* ({ report = 'inside' }) {
    yield await Promise.resolve({ phase: 'writing' as const, done: 1, total: 1 })
    return {
      fileName: 'tiny.zip',
      zip: new Blob(['zip']),
      zippedBytes: 3,
      reportPlace: report,
      reportZip: new Blob(['report']),
      reportFileName: 'tiny-report.zip',
      reportZipBytes: 6,
      container: 'tfjs' as const,
      shardBytes: 10,
      tensors: [],
      usageCode: 'open()',
      usageLanguage: 'js' as const,
      validation: accuracy(90),
      test: accuracy(89, { split: 'test' }),
      runtime: 'stock' as const,
      apart: null,
      unmeasured: null,
    }
  },
}
