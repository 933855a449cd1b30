import type { RecipeStep } from './catalog'
import type { PanelFacts } from './panel.ui'
import { PrunePanel } from './prune/prune.ui'
import { QuantizePanel } from './quantize/quantize.ui'

interface StepPanelProps {
  readonly step: RecipeStep
  readonly facts: PanelFacts
  readonly onDrag: (step: RecipeStep) => void
  readonly onChange: (step: RecipeStep) => void
}

/** The panel of a step; a technique without one does not compile. */
export function StepPanel({ step, facts, onDrag, onChange }: StepPanelProps): React.JSX.Element {
  switch (step.technique) {
    case 'prune':
      return (
        <PrunePanel
          config={step.config}
          facts={facts}
          onDrag={(config) => {
            onDrag({ ...step, config })
          }}
          onChange={(config) => {
            onChange({ ...step, config })
          }}
        />
      )
    case 'quantize':
      return (
        <QuantizePanel
          config={step.config}
          facts={facts}
          onDrag={(config) => {
            onDrag({ ...step, config })
          }}
          onChange={(config) => {
            onChange({ ...step, config })
          }}
        />
      )
  }
}
