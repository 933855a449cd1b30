import { Group, Switch, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../core/model-summary'
import { isCompressible } from '../../core/tensor-spec'
import { isOn, stepOf, withConfig } from '../../techniques/recipe'
import { formatCount, formatPercent, formatSignificant } from '../../ui-kit/format-number'
import { ValueSlider } from '../../ui-kit/value-slider'
import { commands } from '../commands/page-commands'
import { useStudio } from '../store/store'
import classes from './lesson.module.css'

/** Of the thumb, as a share of the largest weight. */
const STEP = 0.0025

interface PruneFormulasProps {
  readonly layer: string
  /** Whether fully-connected and convolutional layers can be chosen here. */
  readonly withKinds: boolean
}

/** s, k and t of the chosen layer, by the settings as they are, and the slider that moves them. */
export function PruneFormulas({ layer, withKinds }: PruneFormulasProps) {
  const { t } = useTranslation('lesson')
  const isPruning = useStudio((state) => isOn(state.recipe, 'prune'))
  const weights = useStudio((state) => state.weights?.value ?? null)
  const model = useStudio((state) => state.model)
  const pruning = weights?.layers.find(({ name }) => name === layer)?.pruning ?? null
  const threshold = weights?.pruning?.threshold ?? 0
  const reach = Math.max(weights?.histogram.max ?? 0, threshold)
  return (
    <>
      {isPruning && reach > 0 && (
        <ValueSlider
          name={t('threshold')}
          fieldName={t('thresholdValue')}
          value={threshold}
          min={0}
          max={reach}
          step={STEP * reach}
          format={(value) => formatSignificant(value, 3)}
          onDrag={commands.dragThreshold}
          onSettle={commands.changeThreshold}
        />
      )}
      <ul className={classes['formulas']}>
        {!isPruning ? (
          <li>{t('formulas.off')}</li>
        ) : pruning === null ? (
          <li>{t('formulas.notPruned')}</li>
        ) : (
          <>
            <li>{t('formulas.t', { t: formatSignificant(pruning.threshold, 4) })}</li>
            <li>{t('formulas.s', { s: formatSignificant(pruning.absoluteSum, 6) })}</li>
            <li>
              {t('formulas.k', {
                k: formatCount(pruning.aboveThreshold),
                count: formatCount(pruning.weights),
              })}
            </li>
            <li>
              {t('formulas.sigma', {
                multiple: formatSignificant(pruning.sigmaMultiple, 3),
                sparsity: formatPercent(pruning.sparsity, 1),
              })}
            </li>
          </>
        )}
      </ul>
      {withKinds && isPruning && model !== null && hasBothKinds(model) && <Kinds />}
    </>
  )
}

/** As pruning tells them apart: depthwise kernels go with the convolutions, all else with dense layers. */
function hasBothKinds({ layers }: ModelSummary): boolean {
  const kinds = new Set(
    layers.flatMap(({ tensors }) =>
      tensors.flatMap(({ spec }) =>
        isCompressible(spec)
          ? spec.layerKind === 'convolution' || spec.layerKind === 'depthwise'
          : [],
      ),
    ),
  )
  return kinds.size === 2
}

function Kinds() {
  const { t } = useTranslation('lesson')
  const recipe = useStudio((state) => state.recipe)
  const config = stepOf(recipe, 'prune')?.config
  return (
    <div role="group" aria-label={t('kinds.title')}>
      <Text size="xs" mb={4}>
        {t('kinds.title')}
      </Text>
      <Group gap="md">
        {(['dense', 'convolution'] as const).map((kind) => (
          <Switch
            key={kind}
            size="xs"
            label={t(`kinds.${kind}`)}
            checked={config?.[kind] ?? false}
            onChange={(event) => {
              commands.useRecipe(
                withConfig(recipe, 'prune', { [kind]: event.currentTarget.checked }),
              )
            }}
          />
        ))}
      </Group>
    </div>
  )
}
