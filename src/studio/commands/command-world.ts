import type { OutputMeaning } from '../../core/output-meaning'
import type { SplitName } from '../../core/dataset-manifest'
import type { WantedVariants } from '../keeping/kept-settings'
import type { ReportPlace } from '../../protocol/recipe-messages'
import type { CutOrigin } from '../../protocol/structure-messages'
import type { TrainedWeights } from '../../protocol/training-messages'
import type { SensitivityTable } from '../../search/sensitivity'
import type { TrainingSettings } from '../../training/training-settings'
import type { EngineCall, EngineProcess } from '../engine-link/engine-session'
import type { AttachedData } from '../keeping/attached-data'
import type { LoadSample } from '../keeping/kept-bundle'
import type { KeptDataFiles } from '../keeping/kept-data'
import type { ModelHistory, RecalledHistory } from '../keeping/kept-history'
import type { ListedSession } from '../keeping/kept-list'
import type { KeptRun, RunCheckpoint, RunGround } from '../keeping/kept-run'
import type { SensitivityPlace } from '../keeping/kept-sensitivity'
import type { FoundSession, KeptOf } from '../keeping/kept-session'
import type { OpenPlace, OpenSession, TeacherModel, Whole } from '../keeping/open-place'
import type { TabMark } from '../keeping/tab-mark'
import type { Sample } from '../files/samples'
import type { SavedFile } from '../files/saved-file'
import type { CaseSettings } from '../store/case-slice'
import type { SmallWish } from '../store/make-small-slice'
import type { LongWork, WantedWork } from '../store/long-works'
import type { Presence } from './page-presence'
import type { StudioStore } from '../store/store'

/** What the commands need from the outside; tests bring their own. */
export interface CommandWorld {
  readonly store: StudioStore
  readonly spawn: () => EngineProcess
  readonly now: () => number
  readonly presence: () => Promise<Presence>
  readonly fetchSampleFiles: (
    sample: Sample,
    onProgress: (done: number, total: number) => void,
    signal?: AbortSignal,
  ) => Promise<readonly File[]>
  readonly saveFile: (file: SavedFile) => void
  /** null: nothing is to be found again. */
  readonly remember: (mark: TabMark | null) => void
  /** Nothing is open any more that the address could name. */
  readonly leaveAddress: () => void
  /** Data over a reload, only for those who ask for it. */
  readonly storage: DataStorage
  /** What tabs have open, over a reload. */
  readonly sessions: SessionStorage
  /** What was tried on models, over reloads. */
  readonly history: HistoryStorage
  /** What layers bear, over reloads. */
  readonly sensitivities: SensitivityStorage
  /** Searches for the smallest file that run in tabs. */
  readonly searches: SearchLocks
  /** Training runs over a closed page. */
  readonly runs: RunStorage
  /** Limits of case studies that somebody has changed. */
  readonly rememberLimits: (limits: CaseSettings['limits']) => void
  /** What somebody wants of the smallest file. */
  readonly rememberWish: (wish: SmallWish) => void
  readonly rememberTraining: (settings: TrainingSettings) => void
  readonly rememberReportPlace: (place: ReportPlace) => void
  readonly rememberVariants: (wanted: WantedVariants) => void
  /** Sentences for screen readers. */
  readonly say: (key: SpokenKey, params?: Readonly<Record<string, string | number>>) => string
}

export interface DataStorage {
  /** `model`: the files that were opened first; none without one. */
  readonly keep: (data: KeptDataFiles, model: readonly File[]) => Promise<void>
  readonly load: (model: readonly File[]) => Promise<KeptDataFiles | null>
  readonly forget: (model: readonly File[], attached: readonly File[] | null) => Promise<void>
  /** Whether just these files are kept. */
  readonly holds: (files: readonly File[]) => Promise<boolean>
}

export interface SessionStorage {
  /** Makes a session this tab's own; false: another tab has it. */
  readonly hold: (id: string) => Promise<boolean>
  readonly letGo: () => void
  readonly keep: (id: string, mark: string, session: OpenSession) => Promise<KeptOf>
  readonly load: (id: string, loadSample: LoadSample) => Promise<FoundSession | null>
  readonly list: () => Promise<readonly ListedSession[]>
  readonly forget: (id: string) => Promise<void>
  readonly forgetAll: () => Promise<void>
  /** Another tab has forgotten some. */
  readonly onForgotten: (tell: (ids: readonly string[]) => void) => void
}

export interface HistoryStorage {
  readonly load: (modelKey: string) => Promise<RecalledHistory>
  readonly save: (modelKey: string, history: ModelHistory) => Promise<void>
  readonly forget: (modelKey: string) => Promise<void>
}

export interface SensitivityStorage {
  readonly load: (place: SensitivityPlace) => Promise<SensitivityTable | null>
  readonly keep: (place: SensitivityPlace, table: SensitivityTable) => Promise<void>
}

export interface SearchLocks {
  /** @returns what lets it go; the end of the tab does too */
  readonly hold: (runner: string) => Promise<() => void>
  readonly isHeld: (runner: string) => Promise<boolean>
  readonly whenOver: (runner: string) => Promise<void>
}

export interface RunStorage {
  readonly keepGround: (ground: RunGround) => Promise<void>
  readonly keepCheckpoint: (checkpoint: RunCheckpoint) => Promise<void>
  readonly loadInterrupted: () => Promise<KeptRun | 'leftOut' | null>
  /** The run of this tab has ended. */
  readonly forget: () => Promise<void>
  /** Nobody wants the run that was offered. */
  readonly dismiss: () => Promise<void>
  /** The run that was offered goes on here. */
  readonly takeUp: () => Promise<void>
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
  | 'spoken.variants'
  | 'spoken.cancelled'
  | 'spoken.trainingStarted'
  | 'spoken.trainingEnded'
  | 'spoken.trainingEndedApart'
  | 'spoken.caseEnded'
  | 'spoken.sweepEnded'
  | 'spoken.smallEnded'
  | 'spoken.smallNone'
  | 'spoken.smallApart'
  | 'spoken.workEnded'
  | `works.names.${LongWork}`

/** The open model in what is kept. */
export interface HeldSession {
  readonly id: string
  /** Another one for each model that takes the place of the open one. */
  readonly mark: string
  /** It has been written. */
  readonly isKept: boolean
}

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
  /** null: nothing is open. */
  session: HeldSession | null
  /** The session that the person does not want to be remembered. */
  forgotten: string | null
  /** What the open model was cut from, oldest first. */
  wholes: readonly Whole[]
  /** Where the model of each stage of a case study comes from, by `stageKey`. */
  stages: ReadonlyMap<string, OpenPlace>
  /** null: there is none. */
  teacher: TeacherModel | null
}

/** Of a page that has just been opened. */
export function nothingHeld(): Held {
  return {
    files: [],
    origin: null,
    sampleId: null,
    asked: null,
    data: null,
    meaning: null,
    session: null,
    forgotten: null,
    wholes: [],
    stages: new Map(),
    teacher: null,
  }
}

/** What the groups of commands share. */
export interface CommandContext extends CommandWorld {
  readonly call: EngineCall
  readonly held: Held
  readonly gate: WorkGate
}

type Work<Given extends readonly unknown[]> = (...given: Given) => Promise<void>

/** The one place that says whether work may begin beside what goes on. */
export interface WorkGate {
  /**
   * Waits, asks or ends what goes on, as the table of pairs says.
   * @param within works that the wanted one is a part of
   * @returns whether it may begin; at once where nothing stands against it
   */
  readonly mayBegin: (wanted: WantedWork, within?: readonly LongWork[]) => true | Promise<boolean>
  /** The same work behind the gate, known to be going on from its first moment to its last; not so what is short. */
  readonly guard: <Given extends readonly unknown[]>(
    wanted: WantedWork,
    work: Work<Given>,
    isShort?: boolean,
  ) => Work<Given>
  /** @param ends whether what goes on makes way */
  readonly answer: (ends: boolean) => void
  /** What waits is not wanted any more. */
  readonly cancelWait: (id: number) => void
}
