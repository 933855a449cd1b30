import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import { sharedPrefix } from '../../../core/short-names'
import { overriddenLayers } from '../../../techniques/overrides'
import type { LayerReport } from '../../../techniques/weights-report'
import { useStudio } from '../../store/store'
import { LayerOverrides } from './layer-overrides'
import { LayerRow } from './layer-row'
import { useLearns } from './use-learns'
import type { ChooseHow } from './layer-row'

interface ChosenLayerProps {
  readonly model: ModelSummary
  readonly previews: readonly LayerReport[] | undefined
  readonly onChoose: (layer: string, how: ChooseHow) => void
}

/** What the list has of the layer that is chosen in the graph, and what chosen layers do otherwise. */
export function ChosenLayer({ model, previews, onChoose }: ChosenLayerProps) {
  const { t } = useTranslation('page')
  const [only, ...others] = useStudio((state) => state.focus)
  const recipe = useStudio((state) => state.recipe)
  const learnsNow = useLearns(model)
  const show = useStudio((state) => state.showLayers)
  const layer = others.length > 0 ? undefined : model.layers.find(({ name }) => name === only)
  return (
    <>
      {layer !== undefined && (
        <>
          <LayerRow
            layer={layer}
            prefix={sharedPrefix(model.layers.map(({ name }) => name))}
            preview={previews?.find(({ name }) => name === layer.name)}
            share={layer.parameters / Math.max(1, model.totals.parameters)}
            chosen
            isOpen
            isException={overriddenLayers(recipe).has(layer.name)}
            learns={learnsNow(layer.name)}
            onChoose={onChoose}
          />
          <Button
            size="compact-xs"
            variant="default"
            fw={400}
            my={6}
            onClick={() => {
              show('list')
            }}
          >
            {t('layers.inList')}
          </Button>
        </>
      )}
      <LayerOverrides model={model} />
    </>
  )
}
