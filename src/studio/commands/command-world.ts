import type { OutputMeaning } from '../../core/output-meaning'
import type { SplitName } from '../../core/dataset-manifest'
import type { ReportPlace } from '../../protocol/recipe-messages'
import type { CutOrigin } from '../../protocol/structure-messages'
import type { TrainedWeights } from '../../protocol/training-messages'
import type { TrainingSettings } from '../../training/training-settings'
import type { EngineCall, EngineProcess } from '../engine-link/engine-session'
import type { AttachedData } from '../keeping/attached-data'
import type { KeptDataFiles } from '../keeping/kept-data'
import type { ModelHistory, RecalledHistory } from '../keeping/kept-history'
import type { KeptModel } from '../keeping/kept-model'
import type { KeptRun, RunCheckpoint, RunGround } from '../keeping/kept-run'
import type { KeptSession } from '../keeping/kept-session'
import type { Sample } from '../files/samples'
import type { SavedFile } from '../files/saved-file'
import type { StudioStore } from '../store/store'

/** What the commands need from the outside; tests bring their own. */
export interface CommandWorld {
  readonly store: StudioStore
  readonly spawn: () => EngineProcess
  readonly now: () => number
  readonly fetchSampleFiles: (
    sample: Sample,
    onProgress: (done: number, total: number) => void,
    signal?: AbortSignal,
  ) => Promise<readonly File[]>
  readonly saveFile: (file: SavedFile) => void
  /** null: nothing is to be found again. */
  readonly remember: (session: KeptSession | null) => void
  /** Nothing is open any more that the address could name. */
  readonly leaveAddress: () => void
  /** Data over a reload, only for those who ask for it. */
  readonly storage: DataStorage
  /** The open model over a reload. */
  readonly models: ModelStorage
  /** What was tried on models, over reloads. */
  readonly history: HistoryStorage
  /** Training runs over a closed page. */
  readonly runs: RunStorage
  readonly rememberTraining: (settings: TrainingSettings) => void
  readonly rememberReportPlace: (place: ReportPlace) => void
  /** Sentences for screen readers. */
  readonly say: (key: SpokenKey, params?: Readonly<Record<string, string | number>>) => string
}

export interface DataStorage {
  readonly keep: (data: KeptDataFiles) => Promise<void>
  readonly load: () => Promise<KeptDataFiles | null>
  readonly forget: () => Promise<void>
}

export interface ModelStorage {
  readonly keep: (model: KeptModel) => Promise<void>
  readonly load: () => Promise<KeptModel | null>
  readonly forget: () => Promise<void>
}

export interface HistoryStorage {
  readonly load: (modelKey: string) => Promise<RecalledHistory>
  readonly save: (modelKey: string, history: ModelHistory) => Promise<void>
  readonly forget: (modelKey: string) => Promise<void>
}

export interface RunStorage {
  readonly keepGround: (ground: RunGround) => Promise<void>
  readonly keepCheckpoint: (checkpoint: RunCheckpoint) => Promise<void>
  readonly loadInterrupted: () => Promise<KeptRun | 'leftOut' | null>
  readonly forget: () => Promise<void>
  readonly keepTrained: (trained: TrainedWeights) => Promise<void>
  readonly loadTrained: (id: string) => Promise<TrainedWeights | null>
  /** Lets other pages know that a run goes on here. */
  readonly whileTraining: <Result>(work: () => Promise<Result>) => Promise<Result>
}

export type SpokenKey =
  | `splits.${SplitName}`
  | 'spoken.opened'
  | 'spoken.settledAccuracy'
  | 'spoken.settledAgreement'
  | 'spoken.settledSize'
  | 'spoken.downloaded'
  | 'spoken.cancelled'
  | 'spoken.trainingStarted'
  | 'spoken.trainingEnded'
  | 'spoken.caseEnded'
  | 'spoken.sweepEnded'

/** Everything that outlives a command but must not be in the store: it is not plain data. */
export interface Held {
  files: readonly File[]
  /** What the open model was cut from; null: it is what the person opened. */
  origin: CutOrigin | null
  sampleId: string | null
  /** The picture that both models are asked about. */
  asked: File | null
  data: AttachedData | null
  /** What the person says that the model's outputs mean; null: as guessed. */
  meaning: OutputMeaning | null
  /** The files that the person does not want to be remembered. */
  forgotten: readonly File[] | null
}

/** What the groups of commands share. */
export interface CommandContext extends CommandWorld {
  readonly call: EngineCall
  readonly held: Held
}
