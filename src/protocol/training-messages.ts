import type { LayerFeatures } from '../core/model-summary'
import type { ScaleName } from '../data/preparation'
import type { Recipe } from '../techniques/recipe'
import type { BatchStatistics } from '../training/pieces'
import type { WayThatFits } from '../training/run-need'
import type { TrainingRecord } from '../training/training-record'
import type { TrainingSettings } from '../training/training-settings'
import type { MeasureEvent } from './measure-messages'
import type { SizeReport } from './recipe-messages'

/** The model in the teacher slot. */
export interface TeacherSummary {
  /** Follows from its weights. */
  readonly id: string
  readonly name: string
  readonly parameters: number
  /** Height and width that the student's pictures are resized to for it; null: as they are. */
  readonly resize: readonly [number, number] | null
  /** What its pictures are as numbers; null: what its student's are. */
  readonly numbers: TeacherNumbers | null
  /** What each of its inputs is given, in its own order; none of a teacher with one. */
  readonly inputs: readonly InputPair[]
  readonly inputsBy: InputsBy
  /** On the validation split of the student's data; null without data. */
  readonly measure: MeasureEvent | null
  /** What a hint can look into; none of a model that cannot be trained. */
  readonly features: readonly LayerFeatures[]
}

/** asked: by a file beside it, or since it scales bytes itself. tried: it does better so than with what its student asks for. */
export interface TeacherNumbers {
  /** null: a mean and a standard deviation of its own. */
  readonly scale: ScaleName | null
  readonly by: 'asked' | 'tried'
}

/** An input of a teacher, and that of its student whose samples it is given, by their names. */
export interface InputPair {
  readonly teacher: string
  readonly student: string
}

/** found: names or shapes say it. guessed: they do not. chosen: the person does. */
export type InputsBy = 'found' | 'guessed' | 'chosen'

/** Float weights that a run has made; recipes name them in place of the file's own. */
export interface TrainedWeights {
  /** Follows from the weights. */
  readonly id: string
  /** All float weights in the order of the file, little-endian float32. */
  readonly weights: Blob
  /** The runs that made them, oldest first. */
  readonly history: readonly TrainingRecord[]
}

export interface TrainRequest {
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** A checkpoint of the same run, to go on from; null: a new run. */
  readonly resume: Blob | null
  /**
   * The most samples that go through the network at once, where more have overrun the memory of another worker;
   * null: as many as should fit. The batch size that was asked for stays in effect.
   */
  readonly largestPiece: number | null
}

export type NeedRequest = Pick<TrainRequest, 'recipe' | 'settings'>

/** What a run would take of memory, as estimated. */
export interface TrainNeed {
  /** All together, in the page's and the backend's memory. */
  readonly bytes: number
  /** As it will be: no larger than the training split. */
  readonly batchSize: number
  /** The most samples that go through the network at once. */
  readonly piece: number
  /** That would learn side by side, with what each takes; 1: the engine's own alone. */
  readonly workers: number
  readonly statistics: BatchStatistics
  /** Whether that is within what a run should take. */
  readonly fits: boolean
  /** What would fit; none where nothing that is known would, or there is no need. */
  readonly instead: readonly WayThatFits[]
}

/** Where a run is; `epoch` counts whole epochs done, `step` all steps. */
export interface RunPlace {
  readonly epoch: number
  readonly step: number
}

export type TrainEvent =
  | {
      readonly type: 'started'
      /** Epochs done already; not 0 where a run goes on. */
      readonly epoch: number
      readonly epochs: number
      readonly stepsPerEpoch: number
      readonly batchSize: number
      /** The most samples that go through the network at once; the batch is what it is. */
      readonly piece: number
      /** What batch normalisation computes with. */
      readonly statistics: BatchStatistics
      /** Of the training split. */
      readonly samples: number
      /** Of WebAssembly: whether the SIMD kernels run, and if not why; null on other backends. */
      readonly kernels: { readonly fast: boolean; readonly reason: string | null } | null
      /**
       * How far stock TensorFlow.js is from what trains and from what teaches, with the same weights on a few samples, as a
       * share of the largest number; null: it answers alike.
       */
      readonly offStock: { readonly model: number | null; readonly teacher: number | null }
    }
  | (RunPlace & {
      readonly type: 'progress'
      /** Share of the whole run, 0..1. */
      readonly progress: number
      /** Of the batch, with the weights as the file would hold them. */
      readonly loss: number
      /** Of the batch; null where there is no single right answer. */
      readonly accuracy: number | null
      /** Sparsity that the masks hold now, of all compressible weights. */
      readonly sparsity: number
      readonly learningRate: number
      readonly samplesPerSecond: number
      readonly msLeft: number | null
      /** Held on the GPU, pooled buffers included; null without a GPU. */
      readonly gpuBytes: number | null
      /** That learn the pieces of a batch side by side; 1: the engine's own alone. */
      readonly workers: number
    })
  | (RunPlace & {
      readonly type: 'validation'
      /** Of the weights that would be downloaded now. */
      readonly measure: MeasureEvent
      readonly sparsity: number
      readonly sizes: SizeReport
      /** Better than all before. */
      readonly best: boolean
      /**
       * The same with activations of a few bits: simulated, no file computes so. null where that is off,
       * or where there is no single right answer.
       */
      readonly simulated: SimulatedActivations | null
      /** Names `trained` and turns it into what was measured; as asked where the run has changed nothing. */
      readonly recipe: Recipe
      readonly trained: TrainedWeights
    })
  | (RunPlace & { readonly type: 'checkpoint'; readonly file: Blob })
  | (RunPlace & {
      readonly type: 'rolledBack'
      /** null where it was no number. */
      readonly loss: number | null
      /** From now on, at the peak of the schedule. */
      readonly learningRate: number
    })
  /** A piece of a batch was too large for the memory; the batch is what it is. */
  | { readonly type: 'pieceHalved'; readonly piece: number; readonly statistics: BatchStatistics }
  | (RunPlace & { readonly type: 'paused' | 'resumed' })

/** Right answers of the validation split with fake-quantized activations. */
export interface SimulatedActivations {
  readonly bits: number
  readonly correct: number
  readonly measured: number
}

/** finished: all epochs. noBetter: validation stood still. stopped: by the person. */
export type TrainEnd = 'finished' | 'noBetter' | 'stopped'

export interface TrainResult {
  readonly end: TrainEnd
  /** The epoch whose weights these are; 0: as they were before the first step. */
  readonly epoch: number
  readonly measure: MeasureEvent
  /** Names `trained` and turns it into what was measured. */
  readonly recipe: Recipe
  readonly trained: TrainedWeights
}
