import type { Slice } from './slice'

/** How the chart of accuracy and size is drawn, and what its answer is asked for. */
export interface AccuracyLook {
  /** Sizes on a logarithmic axis instead of one from zero. */
  readonly logarithmic: boolean
  /** Scores near the original instead of all of them. */
  readonly near: boolean
  /** What may be lost, in percentage points of a share or hundredths of a coefficient. */
  readonly allowedLoss: number
}

/** How the layers of a model are shown. */
export const layerViews = ['list', 'graph'] as const
export type LayerView = (typeof layerViews)[number]

/** What layers of the graph are coloured by. */
export const graphMeasures = ['bytes', 'sparsity', 'error', 'sensitivity'] as const
export type GraphMeasure = (typeof graphMeasures)[number]

/** How a person has arranged the page; kept for the next visit. */
export interface PageLook {
  readonly accuracy: AccuracyLook
  /** Cards of the rail that a person, or what was done, has opened or closed; the others are as they come. */
  readonly cards: { readonly [card: string]: boolean }
  /** Whether what may take a drop away is tried while nothing else goes on. */
  readonly triesRemedies: boolean
  readonly layers: LayerView
  readonly graphMeasure: GraphMeasure
}

export interface LookSlice {
  readonly look: PageLook
  setLook: (look: PageLook) => void
  changeAccuracyLook: (change: Partial<AccuracyLook>) => void
  openCard: (card: string, open: boolean) => void
  tryRemedies: (on: boolean) => void
  showLayers: (layers: LayerView) => void
  colourGraph: (graphMeasure: GraphMeasure) => void
}

export const firstLook: PageLook = {
  accuracy: { logarithmic: true, near: true, allowedLoss: 0.5 },
  cards: {},
  triesRemedies: true,
  layers: 'list',
  graphMeasure: 'bytes',
}

export const lookSlice: Slice<LookSlice> = {
  create: (set, get) => ({
    look: firstLook,
    setLook: (look) => {
      set({ look })
    },
    changeAccuracyLook: (change) => {
      const { look } = get()
      set({ look: { ...look, accuracy: { ...look.accuracy, ...change } } })
    },
    tryRemedies: (triesRemedies) => {
      set({ look: { ...get().look, triesRemedies } })
    },
    showLayers: (layers) => {
      set({ look: { ...get().look, layers } })
    },
    colourGraph: (graphMeasure) => {
      set({ look: { ...get().look, graphMeasure } })
    },
    openCard: (card, open) => {
      const { look } = get()
      set({ look: { ...look, cards: { ...look.cards, [card]: open } } })
    },
  }),
  forModel: () => ({}),
  forData: () => ({}),
}
