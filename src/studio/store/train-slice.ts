import type { BackendName } from '../../core/backend-name'
import type { StudioErrorData } from '../../core/errors'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { MeasureEvent } from '../../protocol/measure-messages'
import type { ZipSize } from '../../protocol/recipe-messages'
import type { SimulatedActivations, TrainEnd, TrainEvent } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import { defaultTrainingSettings, forAnotherModel } from '../../training/training-settings'
import type { TrainingSettings } from '../../training/training-settings'
import type { RunData } from './data-in'
import type { Slice } from './slice'
import { zipSize } from './zip-bytes'

type EventOf<Type extends TrainEvent['type']> = Extract<TrainEvent, { type: Type }>

/** More points than a chart has pixels help nobody: then every other one is dropped. */
const MOST_POINTS = 600

/** A point of the live curves; `at` counts epochs. */
export interface CurvePoint {
  readonly at: number
  readonly loss: number
  readonly accuracy: number | null
  readonly sparsity: number
}

/** The end of an epoch, measured on the validation split with the weights that a file would hold. */
export interface EpochPoint {
  readonly epoch: number
  readonly measure: MeasureEvent
  readonly sparsity: number
  /** Estimated. */
  readonly size: ZipSize
  readonly best: boolean
  /** With fake-quantized activations; no file computes so. */
  readonly simulated: SimulatedActivations | null
  readonly recipe: Recipe
}

/** Something that happened on the way and that the person should know. */
export type RunNote =
  | { readonly kind: 'rolledBack'; readonly epoch: number; readonly learningRate: number }
  | { readonly kind: 'pieceHalved'; readonly piece: number }
  | { readonly kind: 'plainKernels'; readonly reason: string }
  | { readonly kind: 'offStock' | 'teacherOffStock'; readonly difference: number }
  | { readonly kind: 'notSaved'; readonly reason: string }
  | { readonly kind: 'takenUp'; readonly epoch: number }
  | { readonly kind: 'begunAgain' }
  | { readonly kind: 'leftGpu' }
  /** The person changed settings before it went on, and they are those of the run again. */
  | { readonly kind: 'settingsBack' }
  | { readonly kind: 'smallerPieces'; readonly piece: number }

/** What the worker of a run is brought to before its first step. */
export type PreparationStep = 'worker' | 'model' | 'data' | 'teacher' | 'run'

export interface Preparation {
  readonly step: PreparationStep
  readonly progress: OpenProgress | null
}

/** All that is known of a run. */
export interface RunView {
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** What its worker runs on; null before that is known. */
  readonly backend: BackendName | null
  readonly facts: EventOf<'started'> | null
  readonly progress: EventOf<'progress'> | null
  readonly curve: readonly CurvePoint[]
  readonly epochs: readonly EpochPoint[]
  readonly notes: readonly RunNote[]
}

export type TrainStatus =
  | { readonly state: 'idle' }
  | {
      readonly state: 'running'
      readonly run: RunView
      /** null once it has begun, until another worker takes it up. */
      readonly preparing: Preparation | null
      readonly phase: 'going' | 'paused' | 'stopping' | 'cancelling'
    }
  | {
      readonly state: 'done'
      readonly run: RunView
      readonly end: TrainEnd
      readonly epoch: number
      readonly measure: MeasureEvent
      /** With the weights of that epoch. */
      readonly recipe: Recipe
    }
  | {
      readonly state: 'failed'
      readonly run: RunView
      readonly error: StudioErrorData
      /** Nothing of it is lost up to its last checkpoint, and it goes on with these data; null: it cannot. */
      readonly goesOnWith: RunData | null
    }

/** A run of an earlier visit that did not end. */
export interface InterruptedRun {
  readonly modelName: string
  readonly epoch: number
  readonly epochs: number
}

export interface TrainSlice {
  readonly training: TrainStatus
  readonly trainingSettings: TrainingSettings
  readonly interrupted: InterruptedRun | null
  /** What the run is of, the attached data included, is in this browser until it has ended. */
  readonly isRunKept: boolean
  setTraining: (training: TrainStatus) => void
  setTrainingSettings: (settings: TrainingSettings) => void
  setRunKept: (isRunKept: boolean) => void
  setInterrupted: (run: InterruptedRun | null) => void
  /** Adds what an event tells to the run that is going on. */
  showTraining: (event: TrainEvent) => void
  noteTraining: (note: RunNote) => void
  prepareTraining: (preparing: Preparation) => void
  setTrainingBackend: (backend: BackendName) => void
}

export const trainSlice: Slice<TrainSlice> = {
  create: (set, get) => ({
    training: { state: 'idle' },
    trainingSettings: defaultTrainingSettings,
    interrupted: null,
    isRunKept: false,
    setTraining: (training) => {
      set({ training })
    },
    setTrainingSettings: (trainingSettings) => {
      set({ trainingSettings })
    },
    setRunKept: (isRunKept) => {
      set({ isRunKept })
    },
    setInterrupted: (interrupted) => {
      set({ interrupted })
    },
    showTraining: (event) => {
      const { training } = get()
      if (training.state !== 'running') return
      const run = withEvent(training.run, event)
      const { phase } = training
      const ending = phase === 'stopping' || phase === 'cancelling'
      const next = event.type === 'paused' ? 'paused' : event.type === 'resumed' ? 'going' : phase
      const preparing = event.type === 'started' ? null : training.preparing
      set({ training: { ...training, run, preparing, phase: ending ? phase : next } })
    },
    noteTraining: (note) => {
      const { training } = get()
      if (training.state !== 'running') return
      const run = { ...training.run, notes: [...training.run.notes, note] }
      set({ training: { ...training, run } })
    },
    prepareTraining: (preparing) => {
      const { training } = get()
      if (training.state === 'running') set({ training: { ...training, preparing } })
    },
    setTrainingBackend: (backend) => {
      const { training } = get()
      if (training.state === 'running')
        set({ training: { ...training, run: { ...training.run, backend } } })
    },
  }),
  forModel: ({ trainingSettings }) => ({
    training: { state: 'idle' },
    isRunKept: false,
    // Teacher and layers were those of the model that was open.
    trainingSettings: forAnotherModel(trainingSettings),
  }),
  forData: () => ({}),
}

/** A run before its first event. */
export function newRun(recipe: Recipe, settings: TrainingSettings): RunView {
  const nothing = { backend: null, facts: null, progress: null, curve: [], epochs: [], notes: [] }
  return { recipe, settings, ...nothing }
}

function withEvent(run: RunView, event: TrainEvent): RunView {
  switch (event.type) {
    case 'started': {
      const reason = event.kernels?.fast === false ? event.kernels.reason : null
      const slow: RunNote[] = reason === null ? [] : [{ kind: 'plainKernels', reason }]
      const { model, teacher } = event.offStock
      const off: RunNote[] = [
        ...(model === null ? [] : [{ kind: 'offStock', difference: model } as const]),
        ...(teacher === null ? [] : [{ kind: 'teacherOffStock', difference: teacher } as const]),
      ]
      // A run that goes on tells its epochs anew from where it was taken up.
      const epochs = run.epochs.filter(({ epoch }) => epoch <= event.epoch)
      const curve = run.curve.filter(({ at }) => at <= event.epoch)
      return { ...run, facts: event, epochs, curve, notes: [...run.notes, ...slow, ...off] }
    }
    case 'progress': {
      const { loss, accuracy, sparsity } = event
      const at = event.progress * (run.facts?.epochs ?? run.settings.epochs)
      const curve = [...run.curve, { at, loss, accuracy, sparsity }]
      return { ...run, progress: event, curve: curve.length > MOST_POINTS ? halved(curve) : curve }
    }
    case 'validation': {
      const { epoch, measure, sparsity, sizes, best, simulated, recipe } = event
      const size = zipSize(sizes)
      const point = { epoch, measure, sparsity, size, best, simulated, recipe }
      return { ...run, epochs: [...run.epochs.filter((other) => other.epoch !== epoch), point] }
    }
    case 'rolledBack': {
      const { epoch, learningRate } = event
      return { ...run, notes: [...run.notes, { kind: 'rolledBack', epoch, learningRate }] }
    }
    case 'pieceHalved': {
      const { piece, statistics } = event
      const facts = run.facts === null ? null : { ...run.facts, piece, statistics }
      return { ...run, facts, notes: [...run.notes, { kind: 'pieceHalved', piece }] }
    }
    case 'checkpoint':
    case 'paused':
    case 'resumed':
      return run
  }
}

function halved(curve: readonly CurvePoint[]): CurvePoint[] {
  return curve.filter((_, index) => index % 2 === 1)
}
