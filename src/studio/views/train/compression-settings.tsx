import { Switch, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { frozenBatchOf } from '../../../core/model-summary'
import { scheduleChoices } from '../../../techniques/prune/sparsity-schedule'
import { pruningFor } from '../../../training/pruning-for'
import type { TrainingSettings } from '../../../training/training-settings'
import { useStudio } from '../../store/store'
import { Choice, Segments, Whole } from './train-fields'

/** A part of the settings and what changes them. */
export interface GroupProps {
  readonly settings: TrainingSettings
  readonly change: (part: Partial<TrainingSettings>) => void
}

/** What only matters for some models and steps. */
export function CompressionSettings({ settings, change }: GroupProps) {
  const { t } = useTranslation('train')
  const { batchNorm, pruning, quantization } = settings
  const normalizes = useStudio((state) => state.model?.normalizes ?? false)
  const noisy = useStudio((state) => state.model?.noisy ?? false)
  const frozenBatch = useStudio(({ model }) => (model === null ? null : frozenBatchOf(model)))
  const isGraph = useStudio(
    (state) => state.model?.notes.some(({ code }) => code === 'note/graph-model') ?? false,
  )
  const steps = useStudio((state) => state.recipe.steps)
  const has = (technique: string): boolean =>
    steps.some((step) => step.enabled && step.technique === technique)
  return (
    <>
      {noisy && (
        <Switch
          size="xs"
          label={t('settings.dropout')}
          description={t('settings.dropoutHint')}
          checked={settings.dropout}
          onChange={(event) => {
            change({ dropout: event.currentTarget.checked })
          }}
        />
      )}
      {normalizes && frozenBatch !== null && (
        <Text size="xs" c="dimmed">
          {t('settings.frozenBatch', { batch: frozenBatch })}
        </Text>
      )}
      {normalizes && frozenBatch === null && (
        <>
          <Switch
            size="xs"
            label={t('settings.reestimate')}
            description={t('settings.batchNorm')}
            checked={batchNorm.reestimate}
            onChange={(event) => {
              change({ batchNorm: { ...batchNorm, reestimate: event.currentTarget.checked } })
            }}
          />
          <Segments
            label={t('settings.statistics')}
            value={batchNorm.statistics}
            data={(['trained', 'frozen'] as const).map((value) => ({
              value,
              label: t(`settings.${value}`),
            }))}
            onChange={(statistics) => {
              change({ batchNorm: { ...batchNorm, statistics } })
            }}
          />
        </>
      )}
      {isGraph && !normalizes && (
        <Text size="xs" c="dimmed">
          {t('settings.folded')}
        </Text>
      )}
      {has('prune') && (
        <PruningSchedule
          pruning={pruning}
          epochs={settings.epochs}
          onChange={(next) => {
            change({ pruning: next })
          }}
        />
      )}
      {has('quantize') && (
        <Segments
          label={t('settings.ranges')}
          value={quantization.ranges}
          data={(['learned', 'rechosen'] as const).map((value) => ({
            value,
            label: t(`settings.${value}`),
          }))}
          onChange={(ranges) => {
            change({ quantization: { ...quantization, ranges } })
          }}
        />
      )}
      <Choice
        label={t('settings.activations')}
        value={String(quantization.activationBits ?? 'off')}
        data={[
          { value: 'off', label: t('settings.activationsOff') },
          ...[8, 7, 6, 5, 4].map((bits) => ({
            value: String(bits),
            label: t('settings.activationBits', { bits }),
          })),
        ]}
        onChange={(value) => {
          const activationBits = value === 'off' ? null : Number(value)
          change({ quantization: { ...quantization, activationBits } })
        }}
      />
    </>
  )
}

interface ScheduleProps {
  readonly pruning: TrainingSettings['pruning']
  readonly epochs: number
  readonly onChange: (pruning: TrainingSettings['pruning']) => void
}

function PruningSchedule({ pruning, epochs, onChange }: ScheduleProps) {
  const { t } = useTranslation('train')
  const recipe = useStudio((state) => state.recipe)
  const { schedule } = pruning
  const now = pruningFor(pruning, recipe, epochs).schedule
  return (
    <>
      <Choice
        label={t('settings.pruning')}
        value={schedule}
        data={scheduleChoices.map((value) => ({
          value,
          label: t(`settings.schedules.${value}`),
        }))}
        {...(schedule === 'auto'
          ? { description: t('settings.autoSchedule', { now: t(`settings.schedules.${now}`) }) }
          : {})}
        onChange={(value) => {
          const next = scheduleChoices.find((candidate) => candidate === value)
          if (next !== undefined) onChange({ ...pruning, schedule: next })
        }}
      />
      {schedule === 'iterative' && (
        <Whole
          label={t('settings.rounds')}
          description={t('settings.roundsHint')}
          value={pruning.rounds}
          min={2}
          max={50}
          onChange={(rounds) => {
            onChange({ ...pruning, rounds })
          }}
        />
      )}
      {schedule !== 'oneShot' && schedule !== 'auto' && (
        <>
          <Whole
            label={t('settings.end')}
            value={Math.round(100 * pruning.end)}
            min={5}
            max={100}
            onChange={(end) => {
              onChange({ ...pruning, end: end / 100 })
            }}
          />
          <Switch
            size="xs"
            label={t('settings.regrowth')}
            checked={pruning.regrowth}
            onChange={(event) => {
              onChange({ ...pruning, regrowth: event.currentTarget.checked })
            }}
          />
        </>
      )}
    </>
  )
}
