import { StudioError } from '../../src/core/errors'
import type { SensitivityRequest } from '../../src/protocol/search-messages'
import type { CompareRequest } from '../../src/protocol/compare-messages'
import type { EngineClient } from '../../src/protocol/client'
import { isDataDrop } from '../../src/data/recognize-drop'
import { droppedFile } from '../../src/protocol/dropped-file'
import type { OutputMeaning } from '../../src/core/output-meaning'
import type { DataSettings } from '../../src/data/data-settings'
import type { OpenDataRequest, TrialRequest } from '../../src/protocol/data-messages'
import type { StartRequest } from '../../src/protocol/engine-messages'
import type {
  ExportRequest,
  FormulaRequest,
  PreviewRequest,
} from '../../src/protocol/recipe-messages'
import type { CutOrigin, CutRequest } from '../../src/protocol/structure-messages'
import type { TrainRequest } from '../../src/protocol/training-messages'
import type { VariantsRequest } from '../../src/protocol/variant-messages'
import type { Recipe } from '../../src/techniques/recipe'
import type { EngineProcess } from '../../src/studio/engine-link/engine-session'
import { defaultAnswers } from './fake-answers'
import type { Answers, CallOptions } from './fake-answers'

export interface FakeEngine {
  readonly answers: Answers
  /** Every call in order, as `name argument`. */
  readonly calls: string[]
  /** What each model that was opened was said to be cut from. */
  readonly origins: (CutOrigin | null)[]
  /** Workers that were started so far. */
  readonly processes: FakeProcess[]
  readonly spawn: () => EngineProcess
}

export interface FakeProcess {
  terminated: boolean
  /** Those of `FakeEngine.calls` that this worker was asked. */
  readonly calls: string[]
  /** Lets the worker die as a crash, a hang or a lost device would. */
  readonly die: (error: StudioError) => void
}

/** An engine that answers in memory, with the promises and iterators of the real client. */
export function fakeEngine(change: Partial<Answers> = {}): FakeEngine {
  const answers: Answers = { ...defaultAnswers, ...change }
  const calls: string[] = []
  const origins: (CutOrigin | null)[] = []
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
  /** The client of one worker, which tells of every call. */
  function clientOf(note: (call: string) => void) {
    const client = {
      engine: {
        start: (request: StartRequest, options: CallOptions = {}) => {
          note(`start ${request.forced ?? 'auto'} ${request.exclude.join(',')}`.trim())
          return answers.start(request, options)
        },
      },
      model: {
        missing: (
          { files, whole = false }: { files: readonly File[]; whole?: boolean },
          { signal }: CallOptions = {},
        ) => {
          note(`missing ${files.map((file) => file.name).join(',')}`)
          return answers.missing(files, signal ?? never, whole)
        },
        open: (
          { files, origin = null }: { files: readonly File[]; origin?: CutOrigin | null },
          { signal }: CallOptions = {},
        ) => {
          origins.push(origin)
          note(`open ${files.map((file) => file.name).join(',')}`)
          return Promise.resolve(until(signal, answers.open(files, signal ?? never)))
        },
        addTrained: ({ id }: { id: string }) => {
          note(`trained ${id}`)
          return Promise.resolve()
        },
        close: () => {
          note('close')
          return Promise.resolve()
        },
      },
      data: {
        recognize: ({ files }: { files: readonly File[] }) =>
          isDataDrop(files.map(droppedFile), () => Promise.resolve()),
        attach: ({ datasetId }: { datasetId: string }, { signal }: CallOptions = {}) => {
          note(`attach ${datasetId}`)
          return Promise.resolve(until(signal, answers.attach(datasetId)))
        },
        open: (request: OpenDataRequest, { signal }: CallOptions = {}) => {
          note(`data ${request.files.map((file) => file.name).join(',')}`)
          return Promise.resolve(until(signal, answers.openData(request)))
        },
        read: (
          request: Pick<OpenDataRequest, 'files' | 'choices'>,
          { signal }: CallOptions = {},
        ) => {
          note(`read ${JSON.stringify(request.choices)}`)
          return Promise.resolve(until(signal, answers.read(request)))
        },
        pictures: () => {
          note('pictures')
          return Promise.resolve(answers.pictures())
        },
        configure: (settings: DataSettings) => {
          note(`configure ${settings.task}`)
          return answers.configure(settings)
        },
        detach: () => {
          note('detach')
          return Promise.resolve()
        },
        tryPreparations: ({ named }: TrialRequest, { signal }: CallOptions = {}) => {
          note(`search ${named?.join() ?? ''}`.trim())
          return Promise.resolve(until(signal, answers.search()))
        },
      },
      measure: {
        readOutputs: ({ meaning }: { meaning: OutputMeaning | null }) => {
          note(`outputs are ${meaning ?? 'guessed'}`)
          return Promise.resolve()
        },
        original: (_input: undefined, { signal }: CallOptions = {}) => {
          note('original')
          return Promise.resolve(until(signal, answers.original()))
        },
        candidate: ({ recipe }: { recipe: Recipe }, { signal }: CallOptions = {}) => {
          note('candidate')
          return Promise.resolve(until(signal, answers.candidate(recipe)))
        },
        compare: (request: CompareRequest, { signal }: CallOptions = {}) => {
          note('compare')
          return Promise.resolve(until(signal, answers.compare(request)))
        },
        asked: ({ file }: { file: File }) => {
          note(`asked ${file.name}`)
          return answers.asked(file)
        },
        drawn: () => {
          note('drawn')
          return answers.drawn()
        },
        latency: ({ batch }: { batch: number }) => {
          note(`latency ${batch}`)
          return answers.latency()
        },
      },
      recipe: {
        try: async ({ recipe }: { recipe: Recipe }, { signal }: CallOptions = {}) => {
          note('try')
          const given = new Promise<never>((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              reject(new StudioError('engine/cancelled', {}))
            })
          })
          const found = await Promise.race([answers.try(recipe), given])
          signal?.throwIfAborted()
          return found
        },
        preview: (request: PreviewRequest, { signal }: CallOptions = {}) => {
          const { mode, target } = request
          note(`preview ${mode}${target === undefined ? '' : ` for ${target.precision}`}`)
          return Promise.resolve(until(signal, answers.preview(request)))
        },
        export: (request: ExportRequest, { signal }: CallOptions = {}) => {
          note(`export ${request.target.precision}`)
          return Promise.resolve(until(signal, answers.export(request, signal ?? never)))
        },
        formulas: ({ index, layer }: FormulaRequest) => {
          note(`formulas ${layer} ${index}`)
          return Promise.resolve(null)
        },
        variants: (request: VariantsRequest, { signal }: CallOptions = {}) => {
          note(`variants ${request.variants.join()}`)
          return Promise.resolve(until(signal, answers.variants(request, signal ?? never)))
        },
        variantsZip: (request: VariantsRequest) => {
          note(`variantsZip ${request.variants.join()}`)
          return Promise.resolve(answers.variantsZip(request))
        },
        saveUnmeasured: () => {
          note('saveUnmeasured')
          answers.saveUnmeasured()
          return Promise.resolve(undefined)
        },
      },
    }

    Object.assign(client, {
      sensitivity: {
        table: (request: SensitivityRequest, { signal }: CallOptions = {}) => {
          note('sensitivity')
          return Promise.resolve(until(signal, answers.sensitivity(request)))
        },
      },
      structure: {
        groups: () => {
          note('groups')
          return Promise.resolve(answers.groups())
        },
        blocks: () => Promise.resolve(answers.blocks()),
        plan: ({ blocks, target }: CutRequest, { signal }: CallOptions = {}) => {
          note(['plan', target.share, ...blocks].join(' '))
          return Promise.resolve(until(signal, answers.plan()))
        },
        cut: ({ blocks, target }: CutRequest, { signal }: CallOptions = {}) => {
          note(['cut', target.share, ...blocks].join(' '))
          return Promise.resolve(until(signal, answers.cut()))
        },
      },
      teacher: {
        open: (
          { files, inputs }: { files: readonly File[]; inputs?: readonly string[] | null },
          { signal }: CallOptions = {},
        ) => {
          const names = files.map((file) => file.name).join(',')
          note(['teacher', names, ...(inputs ?? [])].join(' '))
          return Promise.resolve(until(signal, answers.teacher(files, signal ?? never)))
        },
      },
      train: {
        start: (request: TrainRequest, { signal }: CallOptions = {}) => {
          note(`train ${request.resume === null ? 'new' : 'resumed'}`)
          return Promise.resolve(until(signal, answers.train(request, signal ?? never)))
        },
        ...Object.fromEntries(
          ['pause', 'resume', 'stop'].map((name) => [
            name,
            () => {
              note(name)
              return Promise.resolve()
            },
          ]),
        ),
      },
    })

    return client
  }

  return {
    answers,
    calls,
    origins,
    processes,
    spawn: () => {
      let listener: ((error: StudioError) => void) | null = null
      const own: string[] = []
      const client = clientOf((call) => {
        calls.push(call)
        own.push(call)
      })
      const state: FakeProcess = {
        terminated: false,
        calls: own,
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
