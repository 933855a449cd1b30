import type { LayerReport, WeightsReport } from './weights-report'

/** What the engine last found out about the settings that a panel edits. */
export interface PanelFacts {
  readonly preview: WeightsReport | null
  /** The chosen layer, or null while the whole model is looked at. */
  readonly focus: LayerReport | null
  /** Zeros must survive this step: an earlier one prunes. */
  readonly afterPruning: boolean
}

/** A technique's panel edits its own settings and knows nothing of the page around it. */
export interface PanelProps<Config> {
  readonly config: Config
  readonly facts: PanelFacts
  /** While a thumb moves. */
  readonly onDrag: (config: Config) => void
  /** When it has come to rest. */
  readonly onChange: (config: Config) => void
}
