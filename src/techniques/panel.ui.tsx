import type { ModelSummary } from '../core/model-summary'
import type { TensorRole } from '../core/tensor-spec'
import type { Overridable, OverrideChanges, OverrideIn } from './technique'
import type { LayerReport, WeightsReport } from './weights-report'

/** What the engine last found out about the settings that a panel edits. */
export interface PanelFacts {
  readonly preview: WeightsReport | null
  /** The chosen layer, or null while the whole model is looked at. */
  readonly focus: LayerReport | null
  /** Zeros must survive this step: an earlier one removes weights. */
  readonly afterPruning: boolean
  /** What the float32 tensors of the model are for. */
  readonly roles: ReadonlySet<TensorRole>
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

/** The fields of what chosen layers do otherwise than the step. */
export interface ExceptionProps<Config extends Overridable> {
  readonly config: Config
  /** Of each of the layers. */
  readonly own: readonly Partial<OverrideIn<Config>>[]
  readonly onChange: (changes: OverrideChanges<OverrideIn<Config>>) => void
}

/** An exception that many models gain by; one button. */
export interface Shortcut<Config extends Overridable> {
  /** Key of its words in `techniques`. */
  readonly label: 'quantize.firstAndLast'
  readonly layers: (model: ModelSummary) => readonly string[]
  readonly changes: OverrideChanges<OverrideIn<Config>>
}

/** What the page shows of a technique. */
export interface TechniqueFace<Config extends Overridable> {
  readonly Panel: (props: PanelProps<Config>) => React.JSX.Element
  readonly Exceptions: (props: ExceptionProps<Config>) => React.JSX.Element
  readonly shortcut: Shortcut<Config> | null
}
