import { StudioError } from '../core/errors'
import type { ModelSummary } from '../core/model-summary'
import type { EngineClient } from '../protocol/client'
import type {
  DataSettings,
  DataSummary,
  EngineInfo,
  ExportProgress,
  ExportRequest,
  ExportResult,
  Latency,
  MeasureEvent,
  OpenDataRequest,
  OpenProgress,
  PreviewEvent,
  PreviewRequest,
  StartRequest,
} from '../protocol/messages'
import type {
  TeacherSummary,
  TrainEvent,
  TrainRequest,
  TrainResult,
} from '../protocol/training-messages'
import type {
  BlockSummary,
  CutRequest,
  CutResult,
  GroupSummary,
} from '../protocol/structure-messages'
import type { EngineProcess } from './engine-session'
import {
  accuracy,
  cutPlan,
  dataSummary,
  engineInfo,
  modelSummary,
  sizeReport,
  teacherSummary,
  trainStarted,
  trainValidation,
  weightsEvent,
} from './test-data'

interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** What a fake worker answers; a test replaces the parts that it is about. */
export interface Answers {
  start: (request: StartRequest, options: CallOptions) => Promise<EngineInfo>
  open: (files: readonly File[], signal: AbortSignal) => AsyncGenerator<OpenProgress, ModelSummary>
  attach: (datasetId: string) => AsyncGenerator<OpenProgress, DataSummary>
  openData: (request: OpenDataRequest) => AsyncGenerator<OpenProgress, DataSummary>
  configure: (settings: DataSettings) => Promise<DataSummary>
  original: () => AsyncGenerator<MeasureEvent, undefined>
  preview: (request: PreviewRequest) => AsyncGenerator<PreviewEvent, undefined>
  teacher: (
    files: readonly File[],
    signal: AbortSignal,
  ) => AsyncGenerator<OpenProgress, TeacherSummary>
  train: (request: TrainRequest, signal: AbortSignal) => AsyncGenerator<TrainEvent, TrainResult>
  groups: () => readonly GroupSummary[]
  blocks: () => readonly BlockSummary[]
  cut: () => Promise<CutResult>
  latency: () => Promise<Latency>
  export: (
    request: ExportRequest,
    signal: AbortSignal,
  ) => AsyncGenerator<ExportProgress, ExportResult>
}

export interface FakeEngine {
  readonly answers: Answers
  /** Every call in order, as `name argument`. */
  readonly calls: string[]
  /** Workers that were started so far. */
  readonly processes: FakeProcess[]
  readonly spawn: () => EngineProcess
}

export interface FakeProcess {
  terminated: boolean
  /** Lets the worker die as a crash, a hang or a lost device would. */
  readonly die: (error: StudioError) => void
}

/** An engine that answers in memory, with the promises and iterators of the real client. */
export function fakeEngine(change: Partial<Answers> = {}): FakeEngine {
  const answers: Answers = {
    start: () => Promise.resolve(engineInfo),
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
    configure: (settings) => Promise.resolve(dataSummary({ settings })),
    original: async function* () {
      yield await Promise.resolve(accuracy(98))
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
    cut: () =>
      Promise.resolve({
        files: [{ path: 'model.json', blob: new Blob(['smaller']) }],
        plan: cutPlan(),
      }),
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
    export: async function* () {
      yield await Promise.resolve({ phase: 'writing' as const, done: 1, total: 1 })
      return {
        fileName: 'tiny.zip',
        zip: new Blob(['zip']),
        zippedBytes: 3,
        shardBytes: 10,
        tensors: [],
        validation: accuracy(90),
        test: accuracy(89, { split: 'test' }),
      }
    },
    ...change,
  }
  const calls: string[] = []
  const processes: FakeProcess[] = []

  /** Ends an iterator when its caller gives up, as the real client does. */
  async function* until<Event, Result>(
    signal: AbortSignal | undefined,
    source: AsyncGenerator<Event, Result>,
  ): AsyncGenerator<Event, Result> {
    const given = new Promise<never>((_resolve, reject) => {
      const giveUp = () => {
        reject(new StudioError('engine/cancelled', {}))
      }
      if (signal?.aborted === true) giveUp()
      signal?.addEventListener('abort', giveUp)
    })
    given.catch(() => undefined)
    for (;;) {
      const step = await Promise.race([source.next(), given])
      if (step.done === true) return step.value
      yield step.value
    }
  }

  const never = new AbortController().signal
  const client = {
    engine: {
      start: (request: StartRequest, options: CallOptions = {}) => {
        calls.push(`start ${request.forced ?? 'auto'} ${request.exclude.join(',')}`.trim())
        return answers.start(request, options)
      },
    },
    model: {
      open: ({ files }: { files: readonly File[] }, { signal }: CallOptions = {}) => {
        calls.push(`open ${files.map((file) => file.name).join(',')}`)
        return Promise.resolve(until(signal, answers.open(files, signal ?? never)))
      },
      addTrained: ({ id }: { id: string }) => {
        calls.push(`trained ${id}`)
        return Promise.resolve()
      },
      close: () => {
        calls.push('close')
        return Promise.resolve()
      },
    },
    data: {
      attach: ({ datasetId }: { datasetId: string }, { signal }: CallOptions = {}) => {
        calls.push(`attach ${datasetId}`)
        return Promise.resolve(until(signal, answers.attach(datasetId)))
      },
      open: (request: OpenDataRequest, { signal }: CallOptions = {}) => {
        calls.push(`data ${request.files.map((file) => file.name).join(',')}`)
        return Promise.resolve(until(signal, answers.openData(request)))
      },
      configure: (settings: DataSettings) => {
        calls.push(`configure ${settings.task}`)
        return answers.configure(settings)
      },
      detach: () => {
        calls.push('detach')
        return Promise.resolve()
      },
    },
    measure: {
      original: (_input: undefined, { signal }: CallOptions = {}) => {
        calls.push('original')
        return Promise.resolve(until(signal, answers.original()))
      },
      latency: ({ batch }: { batch: number }) => {
        calls.push(`latency ${batch}`)
        return answers.latency()
      },
    },
    recipe: {
      preview: (request: PreviewRequest, { signal }: CallOptions = {}) => {
        calls.push(`preview ${request.mode}`)
        return Promise.resolve(until(signal, answers.preview(request)))
      },
      export: (request: ExportRequest, { signal }: CallOptions = {}) => {
        calls.push(`export ${request.format}`)
        return Promise.resolve(until(signal, answers.export(request, signal ?? never)))
      },
    },
  }

  Object.assign(client, {
    structure: {
      groups: () => {
        calls.push('groups')
        return Promise.resolve(answers.groups())
      },
      blocks: () => Promise.resolve(answers.blocks()),
      plan: ({ blocks, target }: CutRequest) => {
        calls.push(['plan', target.share, ...blocks].join(' '))
        return Promise.resolve(cutPlan())
      },
      cut: ({ blocks, target }: CutRequest) => {
        calls.push(['cut', target.share, ...blocks].join(' '))
        return answers.cut()
      },
    },
    teacher: {
      open: ({ files }: { files: readonly File[] }, { signal }: CallOptions = {}) => {
        calls.push(`teacher ${files.map((file) => file.name).join(',')}`)
        return Promise.resolve(until(signal, answers.teacher(files, signal ?? never)))
      },
    },
    train: {
      start: (request: TrainRequest, { signal }: CallOptions = {}) => {
        calls.push(`train ${request.resume === null ? 'new' : 'resumed'}`)
        return Promise.resolve(until(signal, answers.train(request, signal ?? never)))
      },
      ...Object.fromEntries(
        ['pause', 'resume', 'stop'].map((name) => [
          name,
          () => {
            calls.push(name)
            return Promise.resolve()
          },
        ]),
      ),
    },
  })

  return {
    answers,
    calls,
    processes,
    spawn: () => {
      let listener: ((error: StudioError) => void) | null = null
      const state: FakeProcess = {
        terminated: false,
        die: (error) => {
          listener?.(error)
        },
      }
      processes.push(state)
      return {
        // The real client also carries oRPC's own error types, which no caller reads.
        client: client as unknown as EngineClient,
        onDeath: (onDeath) => {
          listener = onDeath
        },
        expectAnswer: () => () => undefined,
        terminate: () => {
          state.terminated = true
        },
      }
    },
  }
}
