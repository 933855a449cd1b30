import type { MeasureProgress } from '../../protocol/measure-messages'
import type { StudioErrorData } from '../../core/errors'
import type {
  ExportProgress,
  ExportResult,
  PreviewRequest,
  SizeEvent,
  SizeReport,
  TargetOffer,
  WeightsEvent,
  ZipSize,
} from '../../protocol/recipe-messages'
import { isSameTarget } from '../../core/model-summary'
import type { Recipe } from '../../techniques/recipe'
import type { Measure } from './model-slice'
import { effectKey } from './recipe-slice'
import type { Slice } from './slice'
import { zipSize } from './zip-bytes'

/** What the engine is doing about the settings of the controls. */
export type PreviewPhase = 'idle' | 'dragging' | 'measuring' | 'failed'

/** Each number with the settings that it belongs to. */
export interface Applied<Value> {
  readonly value: Value
  readonly recipe: Recipe
}

/** A setting that was measured to the end. */
export interface TriedPoint {
  readonly key: string
  readonly recipe: Recipe
  readonly size: ZipSize
  readonly measure: Measure
}

/** The finished download without its bytes, which stay outside the store. */
export type ExportReport = Omit<ExportResult, 'zip' | 'reportZip'>

export type ExportStatus =
  | { readonly state: 'idle' }
  | {
      readonly state: 'running'
      readonly progress: ExportProgress | null
      /** Nobody waits for its measuring any more: the file is written without. */
      readonly leaving?: boolean
    }
  | { readonly state: 'cancelling' }
  | {
      readonly state: 'done'
      readonly recipe: Recipe
      readonly report: ExportReport
      /** How often the test split of its data has been measured for its model, this time among them. */
      readonly looks: number
    }
  | { readonly state: 'failed'; readonly error: StudioErrorData }

/** A measurement that goes on. */
export interface Measuring extends MeasureProgress {
  /** null where it is short or has just begun. */
  readonly msLeft: number | null
}

export interface RunSlice {
  readonly phase: PreviewPhase
  /** How far a measurement is, in samples; null while there is none. */
  readonly measuring: Measuring | null
  readonly weights: Applied<WeightsEvent> | null
  readonly sizes: Applied<SizeReport> | null
  /** What the engine says about other downloads. */
  readonly alternatives: Applied<readonly TargetOffer[]> | null
  /** What was known last of each of them, whatever the settings were. */
  readonly lastOffers: readonly TargetOffer[]
  readonly measure: Applied<Measure> | null
  readonly tried: readonly TriedPoint[]
  readonly exporting: ExportStatus
  setPhase: (phase: PreviewPhase) => void
  setMeasuring: (measuring: Measuring | null) => void
  showWeights: (event: WeightsEvent, request: PreviewRequest) => void
  showSizes: (event: SizeEvent, request: PreviewRequest) => void
  showMeasure: (measure: Measure, request: PreviewRequest) => void
  /** Remembers the settled point once its size is exact and its measurement complete. */
  rememberPoint: (recipe: Recipe) => void
  /** Points that were measured otherwise: by a sweep, on an earlier visit. A newer one replaces an older. */
  addTried: (...points: readonly TriedPoint[]) => void
  /** Points of an earlier visit, older than those that are there. */
  recallTried: (points: readonly TriedPoint[]) => void
  setExporting: (exporting: ExportStatus) => void
}

const fresh = {
  phase: 'idle',
  measuring: null,
  weights: null,
  sizes: null,
  alternatives: null,
  lastOffers: [],
  measure: null,
  tried: [],
  exporting: { state: 'idle' },
} satisfies Partial<RunSlice>

export const runSlice: Slice<RunSlice> = {
  create: (set, get) => ({
    ...fresh,
    setPhase: (phase) => {
      if (get().phase !== phase) set({ phase })
    },
    setMeasuring: (measuring) => {
      if (measuring !== get().measuring) set({ measuring })
    },
    showWeights: (event, { recipe }) => {
      const { sizes } = get()
      // An exact size is not replaced by an estimate of the same settings.
      const keep =
        sizes?.recipe === recipe && sizes.value.zippedIsExact && !event.sizes.zippedIsExact
      set({
        weights: { value: event, recipe },
        ...(keep ? {} : { sizes: { value: event.sizes, recipe } }),
      })
    },
    showSizes: ({ sizes, alternatives }, { recipe }) => {
      set({
        ...{ sizes: { value: sizes, recipe }, alternatives: { value: alternatives, recipe } },
        lastOffers: withOffers(get().lastOffers, alternatives),
      })
    },
    showMeasure: (measure, { recipe }) => {
      set({ measure: { value: measure, recipe } })
    },
    rememberPoint: (recipe) => {
      const { sizes, measure, tried } = get()
      if (sizes?.value.zippedIsExact !== true || sizes.recipe !== recipe) return
      if (measure === null || measure.recipe !== recipe) return
      if (measure.value.measured < measure.value.total) return
      const key = effectKey(recipe)
      const point = { key, recipe, size: zipSize(sizes.value), measure: measure.value }
      set({ tried: withPoints(tried, [point]) })
    },
    addTried: (...points) => {
      set({ tried: withPoints(get().tried, points) })
    },
    recallTried: (points) => {
      set({ tried: withPoints(points, get().tried) })
    },
    setExporting: (exporting) => {
      set({ exporting })
    },
  }),
  forModel: () => fresh,
  forData: ({ weights }) => ({
    sizes: null,
    alternatives: null,
    lastOffers: [],
    measure: null,
    tried: [],
    // Only what a step knew of inputs makes weights depend on data.
    weights: weights?.value.calibration === null ? weights : null,
  }),
}

function withPoints(
  tried: readonly TriedPoint[],
  points: readonly TriedPoint[],
): readonly TriedPoint[] {
  const keys = new Set(points.map(({ key }) => key))
  return [...tried.filter(({ key }) => !keys.has(key)), ...points]
}

/** Those whose size is known now replace what was known before; what is refused has none. */
function withOffers(
  before: readonly TargetOffer[],
  found: readonly TargetOffer[],
): readonly TargetOffer[] {
  const told = found.filter(({ refusal, size }) => size !== null || refusal !== null)
  const isTold = (one: TargetOffer): boolean =>
    told.some(({ target }) => isSameTarget(target, one.target))
  return [...before.filter((one) => !isTold(one)), ...told]
}
