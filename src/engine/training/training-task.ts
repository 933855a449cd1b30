import type { WeightTensor } from '../../core/weight-tensor'
import type { TrainEvent } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import type { Passage, TrainingRecord } from '../../training/training-record'
import type { EffectiveSettings } from '../../training/training-settings'
import type { DataSplit } from '../samples/attached-data'
import type { OpenModelState } from '../model/model-store'
import { forwardPieceWithin } from '../../training/run-need'
import type { RunNeed } from '../../training/run-need'
import { roomOf } from './run-memory'
import type { Toolbox } from '../work/toolbox'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import type { Judge } from './best-weights'
import type { HintPlace } from './distillation/hint-place'
import type { TeacherSource } from './distillation/teacher'
import type { RunControl } from './run-control'

/** Everything that one run is given. */
export interface TrainingTask {
  readonly state: OpenModelState
  /** The float weights that the run begins with. */
  readonly start: readonly WeightTensor[]
  readonly recipe: Recipe
  readonly settings: EffectiveSettings
  readonly train: DataSplit
  /** What the student learns from besides labels; null: nothing. */
  readonly teacher:
    | (Pick<TeacherSource, 'opened' | 'weights' | 'fit' | 'settings'> & {
        readonly hint: HintPlace | null
      })
    | null
  /** For observers of activations; the training split where there is no other. */
  readonly calibration: DataSplit
  readonly validation: DataSplit
  /** What a checkpoint must be of. */
  readonly fingerprint: string
  readonly resume: Uint8Array | null
  /** What a page says that has seen larger ones fail; null: nothing. */
  readonly largestPiece: number | null
  readonly judge: Judge
  /** What made the weights of the end of an epoch. */
  readonly historyAt: (epoch: number, passage: Passage) => readonly TrainingRecord[]
  readonly tools: Toolbox
  readonly kernels: PreparedKernels | null
  /** Of memory. */
  readonly need: RunNeed
  readonly control: RunControl
}

/** Samples, up to so many, of a pass without a way back. */
export function forwardPiece({ need, tools }: TrainingTask, wanted: number): number {
  return forwardPieceWithin(need, wanted, roomOf(tools))
}

/** Whether the fast kernels run, and if not why; null where the backend brings its own. */
export function kernelsOf({
  kernels,
  tools,
}: TrainingTask): Extract<TrainEvent, { type: 'started' }>['kernels'] {
  if (tools.backend().info.backend !== 'wasm') return null
  return kernels?.host === undefined
    ? { fast: false, reason: kernels?.reason ?? '' }
    : { fast: true, reason: null }
}
