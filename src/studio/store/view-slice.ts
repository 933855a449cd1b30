import type { WeightPicture } from '../../core/weight-picture'
import type { StudioErrorData } from '../../core/errors'
import type { ExportTarget } from '../../core/model-summary'
import type { ReportPlace } from '../../protocol/recipe-messages'
import type { TourStep } from './tour-steps'
import type { Slice } from './slice'

export const chartTabs = [
  'size',
  'sparsity',
  'weights',
  'accuracy',
  'predictions',
  'candidates',
  'training',
] as const
export type ChartTab = (typeof chartTabs)[number]
/** Those that show a chart, or its table. */
export type DrawnTab = Exclude<ChartTab, 'predictions' | 'candidates'>

export function isDrawn(tab: ChartTab): tab is DrawnTab {
  return tab !== 'predictions' && tab !== 'candidates'
}

/** All weights counted by their value, or those of one tensor as images. */
export type WeightsView = 'histogram' | 'pictures'

export const layerOrders = ['model', 'bytes', 'macs', 'sparsity', 'sqnr'] as const
export type LayerOrder = (typeof layerOrders)[number]

/** What was done when something went wrong: once that goes well, or is tried again, the error is gone. */
export type ProblemSource =
  | 'opening'
  | 'data'
  | 'measuring'
  | 'settings'
  | 'training'
  | 'part'
  | 'chart'
  | 'renewal'

/** An error that stays on the page until it is dismissed or its cause is gone. */
export interface ShownProblem {
  readonly id: number
  readonly source: ProblemSource
  readonly error: StudioErrorData
}

export interface ViewSlice {
  readonly tab: ChartTab
  readonly weightsView: WeightsView
  /** The image on the page, and whose it is. */
  readonly picture: { readonly tensor: string; readonly value: WeightPicture } | null
  /** The name of a picture that both models are asked about; its file is held by the commands. */
  readonly asked: { readonly id: number; readonly name: string } | null
  /** The layers that charts and controls are narrowed to; none: the whole model. */
  readonly focus: readonly string[]
  readonly layerOrder: LayerOrder
  readonly problem: ShownProblem | null
  /** Dismissed, and not shown again while it comes back by itself with every slider; null: nothing is. */
  readonly quiet: ShownProblem | null
  /** Read out by screen readers; only settled results and events. */
  readonly announcement: string
  readonly shortcutsOpen: boolean
  /** Of the tour on a sample; null: nobody asked for it. */
  readonly tour: TourStep | null
  /** What was chosen; null: what the open model offers first. See `targetOf`. */
  readonly exportTarget: ExportTarget | null
  /** Where report and model card go with the next download; kept for the next visit. */
  readonly reportPlace: ReportPlace
  setTab: (tab: ChartTab) => void
  setWeightsView: (view: WeightsView) => void
  setPicture: (picture: ViewSlice['picture']) => void
  setAsked: (name: string | null) => void
  setFocus: (focus: readonly string[]) => void
  setLayerOrder: (order: LayerOrder) => void
  /** One that stands there already is not said once more. */
  showProblem: (error: StudioErrorData, source: ProblemSource) => void
  /** Of one source: its cause is gone, or it is tried again. Without one: everything is new. */
  endProblem: (source?: ProblemSource) => void
  /** By the person. */
  dismissProblem: () => void
  announce: (announcement: string) => void
  setShortcutsOpen: (open: boolean) => void
  setTour: (step: TourStep | null) => void
  setExportTarget: (target: ExportTarget) => void
  setReportPlace: (place: ReportPlace) => void
}

export const viewSlice: Slice<ViewSlice> = {
  create: (set, get) => ({
    tab: 'size',
    weightsView: 'histogram',
    picture: null,
    asked: null,
    focus: [],
    layerOrder: 'model',
    problem: null,
    quiet: null,
    announcement: '',
    shortcutsOpen: false,
    tour: null,
    exportTarget: null,
    reportPlace: 'inside',
    setTab: (tab) => {
      set({ tab })
    },
    setWeightsView: (weightsView) => {
      set({ weightsView })
    },
    setPicture: (picture) => {
      set({ picture })
    },
    setAsked: (name) => {
      set({ asked: name === null ? null : { id: (get().asked?.id ?? 0) + 1, name } })
    },
    setFocus: (focus) => {
      set({ focus })
    },
    setLayerOrder: (layerOrder) => {
      set({ layerOrder })
    },
    showProblem: (error, source) => {
      const { problem, quiet } = get()
      if (isSame(problem, error, source) || isSame(quiet, error, source)) return
      set({ problem: { id: (problem?.id ?? 0) + 1, source, error } })
    },
    endProblem: (source) => {
      const { problem, quiet } = get()
      if (source === undefined || problem?.source === source) set({ problem: null })
      if (source === undefined || quiet?.source === source) set({ quiet: null })
    },
    dismissProblem: () => {
      const { problem } = get()
      set({ problem: null, quiet: problem?.source === 'measuring' ? problem : null })
    },
    announce: (announcement) => {
      set({ announcement })
    },
    setShortcutsOpen: (shortcutsOpen) => {
      set({ shortcutsOpen })
    },
    setTour: (tour) => {
      set({ tour })
    },
    setExportTarget: (exportTarget) => {
      set({ exportTarget })
    },
    setReportPlace: (reportPlace) => {
      set({ reportPlace })
    },
  }),
  forModel: ({ tab }) => ({
    picture: null,
    asked: null,
    focus: [],
    quiet: null,
    tour: null,
    // There is no run to be shown.
    tab: tab === 'training' ? 'size' : tab,
  }),
  forData: () => ({}),
}

function isSame(
  shown: ShownProblem | null,
  error: StudioErrorData,
  source: ProblemSource,
): boolean {
  return shown?.source === source && JSON.stringify(shown.error) === JSON.stringify(error)
}
