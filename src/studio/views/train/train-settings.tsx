import { Button, Stack, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { defaultTrainingSettings } from '../../../training/training-settings'
import type { TrainingSettings } from '../../../training/training-settings'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { CompressionSettings } from './compression-settings'
import type { GroupProps } from './compression-settings'
import { LayerChoice } from './layer-choice'
import { MemoryNeed } from './memory-need'
import { Choice, Real, Segments, Whole } from './train-fields'

/** Everything that decides a run. */
export function TrainSettings() {
  const { t } = useTranslation('train')
  const settings = useStudio((state) => state.trainingSettings)
  const change = (part: Partial<TrainingSettings>): void => {
    commands.changeTrainingSettings({ ...settings, ...part })
  }
  return (
    <Stack gap={10}>
      <Whole
        label={t('settings.epochs')}
        value={settings.epochs}
        min={1}
        max={1000}
        onChange={(epochs) => {
          change({ epochs })
        }}
      />
      <Choice
        label={t('settings.patience')}
        value={String(settings.patience ?? 'off')}
        data={[
          { value: 'off', label: t('settings.patienceOff') },
          ...[1, 2, 3, 5, 10].map((count) => ({
            value: String(count),
            label: t('settings.patience', { count }),
          })),
        ]}
        onChange={(value) => {
          change({ patience: value === 'off' ? null : Number(value) })
        }}
      />
      <Choice
        label={t('settings.batchSize')}
        value={String(settings.batchSize)}
        data={[8, 16, 32, 64, 128, 256, 512].map(String)}
        onChange={(value) => {
          change({ batchSize: Number(value) })
        }}
      />
      <Choice
        label={t('settings.pieces')}
        description={t('settings.piecesHint')}
        value={String(settings.pieces ?? 'auto')}
        data={[{ value: 'auto', label: t('settings.piecesAuto') }, ...[1, 2, 4, 8, 16].map(String)]}
        onChange={(value) => {
          change({ pieces: value === 'auto' ? null : Number(value) })
        }}
      />
      <LayerChoice settings={settings} change={change} />
      <MemoryNeed />
      <OptimizerSettings settings={settings} change={change} />
      <RegularSettings settings={settings} change={change} />
      <CompressionSettings settings={settings} change={change} />
      <Whole
        label={t('settings.seed')}
        value={settings.seed}
        min={0}
        max={2 ** 31}
        onChange={(seed) => {
          change({ seed })
        }}
      />
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => {
          commands.changeTrainingSettings(defaultTrainingSettings)
        }}
      >
        {t('settings.reset')}
      </Button>
    </Stack>
  )
}

function OptimizerSettings({ settings, change }: GroupProps) {
  const { t } = useTranslation('train')
  const { optimizer } = settings
  return (
    <>
      <Segments
        label={t('settings.optimizer')}
        value={optimizer}
        data={(['sgd', 'adam', 'adamw'] as const).map((value) => ({
          value,
          label: t(`settings.optimizers.${value}`),
        }))}
        onChange={(value) => {
          change({ optimizer: value })
        }}
      />
      <Real
        label={t('settings.learningRate')}
        value={settings.learningRate}
        min={1e-7}
        max={10}
        onChange={(learningRate) => {
          change({ learningRate })
        }}
      />
      {optimizer === 'sgd' && (
        <Real
          label={t('settings.momentum')}
          value={settings.momentum}
          min={0}
          max={0.999}
          onChange={(momentum) => {
            change({ momentum })
          }}
        />
      )}
      {optimizer === 'adamw' && (
        <Real
          label={t('settings.weightDecay')}
          value={settings.weightDecay}
          min={0}
          max={1}
          onChange={(weightDecay) => {
            change({ weightDecay })
          }}
        />
      )}
      <Segments
        label={t('settings.decay')}
        value={settings.decay}
        data={(['constant', 'cosine', 'step'] as const).map((value) => ({
          value,
          label: t(`settings.decays.${value}`),
        }))}
        onChange={(decay) => {
          change({ decay })
        }}
      />
      <Real
        label={t('settings.warmup')}
        value={settings.warmupEpochs}
        min={0}
        max={100}
        onChange={(warmupEpochs) => {
          change({ warmupEpochs })
        }}
      />
      <Choice
        label={t('settings.clipNorm')}
        value={String(settings.clipNorm ?? 'off')}
        data={[
          { value: 'off', label: t('settings.clipOff') },
          ...[0.5, 1, 5, 10].map((norm) => ({ value: String(norm), label: String(norm) })),
        ]}
        onChange={(value) => {
          change({ clipNorm: value === 'off' ? null : Number(value) })
        }}
      />
    </>
  )
}

function RegularSettings({ settings, change }: GroupProps) {
  const { t } = useTranslation('train')
  return (
    <>
      <Real
        label={t('settings.labelSmoothing')}
        value={settings.labelSmoothing}
        min={0}
        max={0.5}
        onChange={(labelSmoothing) => {
          change({ labelSmoothing })
        }}
      />
      <Whole
        label={t('settings.shift')}
        value={settings.shift}
        min={0}
        max={32}
        onChange={(shift) => {
          change({ shift })
        }}
      />
      <Switch
        size="xs"
        label={t('settings.flip')}
        description={t('settings.flipHint')}
        checked={settings.flip}
        onChange={(event) => {
          change({ flip: event.currentTarget.checked })
        }}
      />
    </>
  )
}
