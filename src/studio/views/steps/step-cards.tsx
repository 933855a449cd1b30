import { Menu, ActionIcon, Switch, Text, Tooltip } from '@mantine/core'
import {
  IconDotsVertical,
  IconFileDownload,
  IconFileUpload,
  IconRestore,
} from '@tabler/icons-react'
import { memo, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelSummary } from '../../../core/model-summary'
import type { TensorRole } from '../../../core/tensor-spec'
import type { PanelFacts } from '../../../techniques/panel.ui'
import { StepPanel } from '../../../techniques/panels.ui'
import { metaOf } from '../../../techniques/catalog'
import type { RecipeStep } from '../../../techniques/catalog'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { compactCount } from '../../words/compact-number'
import { laterPart } from '../../words/later-part'
import { useStepText } from '../../words/use-step-text'
import { RailCard } from '../rail/rail-card'
import classes from './step-cards.module.css'
import { sentences } from '../../words/joining'

const StructureCard = laterPart(async () => (await import('./structure-card')).StructureCard)

const TrainCard = laterPart(async () => (await import('../train/train-card')).TrainCard)

/** What can be done to the model, in the order in which it runs: filters go first, training is last. */
export const StepCards = memo(function StepCards() {
  const { t } = useTranslation('page')
  const steps = useStudio((state) => state.recipe.steps)
  return (
    <section aria-label={t('steps.title')} className={classes['section']}>
      <div className={classes['head']}>
        <Text component="h2" fw={600} size="sm" m={0}>
          {t('steps.title')}
        </Text>
        <RecipeMenu />
      </div>
      <ol className={classes['steps']}>
        <StructureCard place={1} />
        {steps.map((step, index) => (
          <StepCard
            key={`${step.technique} ${index}`}
            step={step}
            index={index}
            afterPruning={steps
              .slice(0, index)
              .some((other) => other.enabled && metaOf(other.technique).removes)}
          />
        ))}
        <TrainCard place={steps.length + 2} />
      </ol>
    </section>
  )
})

interface StepCardProps {
  readonly step: RecipeStep
  readonly index: number
  readonly afterPruning: boolean
}

const StepCard = memo(function StepCard({ step, index, afterPruning }: StepCardProps) {
  const { t } = useTranslation('techniques')
  const label = t(`${step.technique}.label`)
  const summary = useStepSummary(step)
  return (
    <RailCard
      card={step.technique}
      place={index + 2}
      title={label}
      summary={summary}
      active={step.enabled}
      off={!step.enabled}
      aside={
        <Switch
          aria-label={label}
          checked={step.enabled}
          onChange={(event) => {
            commands.changeStep(index, { ...step, enabled: event.currentTarget.checked })
          }}
        />
      }
    >
      {step.enabled ? (
        <LivePanel step={step} index={index} afterPruning={afterPruning} />
      ) : (
        <Text size="sm" c="dimmed">
          {sentences(t(`${step.technique}.summary`), t(`${step.technique}.off`))}
        </Text>
      )}
    </RailCard>
  )
})

/** What a step is set to; of one that removes weights also how many are zero now. */
function useStepSummary(step: RecipeStep): string {
  const { t } = useTranslation('techniques')
  const describe = useStepText()
  const layers = useStudio((state) => state.weights?.value.layers ?? null)
  if (!step.enabled) return t('off')
  const set = describe(step)
  if (step.technique !== 'prune' || layers === null) return set
  const zeros = layers.reduce((sum, layer) => sum + layer.zeros, 0)
  return t('prune.zeros', { set, count: compactCount(zeros) })
}

function LivePanel({ step, index, afterPruning }: StepCardProps) {
  const preview = useStudio((state) => state.weights?.value ?? null)
  const model = useStudio((state) => state.model)
  const roles = useMemo(() => rolesIn(model), [model])
  const layer = useStudio(({ focus }) => (focus.length === 1 ? focus[0] : undefined))
  const facts = useMemo<PanelFacts>(
    () => ({
      preview,
      focus: preview?.layers.find((one) => one.name === layer) ?? null,
      afterPruning,
      roles,
    }),
    [preview, layer, afterPruning, roles],
  )
  return (
    <StepPanel
      step={step}
      facts={facts}
      onDrag={(changed) => {
        commands.dragStep(index, changed)
      }}
      onChange={(changed) => {
        commands.changeStep(index, changed)
      }}
    />
  )
}

function rolesIn(model: ModelSummary | null): ReadonlySet<TensorRole> {
  const specs = model?.layers.flatMap(({ tensors }) => tensors.map(({ spec }) => spec)) ?? []
  return new Set(specs.filter(({ dtype }) => dtype === 'float32').map(({ role }) => role))
}

/** Saving, loading and resetting the settings as a whole. */
function RecipeMenu() {
  const { t } = useTranslation('page')
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={t('recipe.load')}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          event.currentTarget.value = ''
          if (file !== undefined) void commands.loadRecipe(file)
        }}
      />
      <Menu position="bottom-end" width={220} withinPortal={false}>
        <Menu.Target>
          <Tooltip label={t('recipe.menu')}>
            <ActionIcon variant="subtle" color="gray" aria-label={t('recipe.menu')}>
              <IconDotsVertical size={18} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileDownload size={16} />} onClick={commands.saveRecipe}>
            {t('recipe.save')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFileUpload size={16} />}
            onClick={() => {
              input.current?.click()
            }}
          >
            {t('recipe.load')}
          </Menu.Item>
          <Menu.Item leftSection={<IconRestore size={16} />} onClick={commands.resetRecipe}>
            {t('recipe.reset')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
