import { Alert, Button, Checkbox, Group, Stack, Switch, Text } from '@mantine/core'
import { IconArrowBackUp, IconCut } from '@tabler/icons-react'
import { memo, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import '../../i18n/train-words'
import { channelCriteria } from '../../../structure/channel-scores'
import { formatBytes } from '../../../ui-kit/format-number'
import { ValueSlider } from '../../../ui-kit/value-slider'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { useErrorWords } from '../../words/use-error-words'
import { ErrorText } from '../../words/problem-alert'
import { Choice, Segments } from '../train/train-fields'
import { CutLeft } from './cut-left'
import { CutWork } from './cut-work'
import { UncountedWork } from './uncounted-work'
import { useUncounted } from './use-uncounted'
import { RailCard } from '../rail/rail-card'
import { compactCount, compactNumber } from '../../words/compact-number'
import { listed, sentences } from '../../words/joining'
import { useLayerName } from '../../words/use-layer-name'

/** A long name breaks in its line, and makes no page wider. */
const breaks = { overflowWrap: 'anywhere' } as const

/** Removes filters and neurons: what is left is an ordinary, smaller model. */
export const StructureCard = memo(function StructureCard({ place }: { readonly place: number }) {
  const { t } = useTranslation('train')
  const say = useErrorWords()
  const busy = useStudio((state) => state.training.state === 'running')
  const obstacle = useStudio((state) => state.model?.obstacles.cut ?? null)
  const isCut = useStudio((state) => state.cutFrom !== null)
  const summary = useCutSummary()
  return (
    <RailCard
      card="structure"
      place={place}
      title={t('cut.title')}
      summary={summary}
      active={isCut}
      off={!isCut}
    >
      <CutPast busy={busy} />
      {obstacle === null ? (
        <CutSettings busy={busy} />
      ) : (
        <Text size="xs" c="dimmed">
          {sentences(t('cut.notHere'), say('message', obstacle))}
        </Text>
      )}
    </RailCard>
  )
})

function useCutSummary(): string {
  const { t } = useTranslation('train')
  const from = useStudio((state) => state.cutFrom)
  const model = useStudio((state) => state.model)
  if (from !== null)
    return t('cut.now', {
      before: compactNumber(from.parameters),
      after: compactCount(model?.totals.parameters ?? 0),
    })
  return t((model?.obstacles.cut ?? null) === null ? 'cut.uncut' : 'cut.short')
}

/** What the open model was cut from, and the way back. */
function CutPast({ busy }: { readonly busy: boolean }) {
  const { t } = useTranslation('train')
  const from = useStudio((state) => state.cutFrom)
  const parameters = useStudio((state) => state.model?.totals.parameters ?? 0)
  const original = useStudio((state) => state.model?.original ?? null)
  if (from === null) return null
  return (
    <Alert color="gray" variant="light" p="xs" mb={8}>
      <Text size="sm">
        {t('cut.from', {
          before: compactNumber(from.parameters),
          after: compactNumber(parameters),
        })}
      </Text>
      {original !== null && (
        <Text size="xs" c="dimmed">
          {t('cut.compared', {
            parameters: compactCount(original.parameters),
            zipped: formatBytes(original.zippedFloat32Bytes),
          })}
        </Text>
      )}
      <Button
        mt={6}
        size="compact-xs"
        variant="default"
        disabled={busy}
        leftSection={<IconArrowBackUp size={14} />}
        onClick={() => {
          void commands.undoCut()
        }}
      >
        {t('cut.back')}
      </Button>
    </Alert>
  )
}

function CutSettings({ busy }: { readonly busy: boolean }) {
  const { t } = useTranslation('train')
  const model = useStudio((state) => state.model)
  const trained = useStudio((state) => state.recipe.trained)
  const { sizedBy, uncounted } = useUncounted()
  useEffect(() => {
    void commands.planCut()
  }, [model, trained, sizedBy])
  const target = useStudio((state) => state.cutTarget)
  const start = useStudio((state) => state.cutStart)
  const cut = useStudio((state) => state.cut)
  const trains = model?.obstacles.train === null
  const called = useLayerName()
  return (
    <Stack gap={12}>
      <Text size="xs" c="dimmed">
        {t('cut.summary')}
      </Text>
      {target.only !== undefined && (
        <Group gap={8} justify="space-between" wrap="nowrap">
          <Text size="sm" style={breaks}>
            {t('cut.only', { layers: listed(target.only.map(called)) })}
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              void commands.changeCut({ only: undefined })
            }}
          >
            {t('cut.all')}
          </Button>
        </Group>
      )}
      <Segments
        label={t('cut.of')}
        value={target.of}
        data={(['channels', 'macs'] as const).map((value) => ({
          value,
          label: t(`cut.shares.${value}`),
          disabled: value === 'macs' && uncounted !== null,
        }))}
        onChange={(of) => {
          void commands.changeCut({ of })
        }}
      />
      <UncountedWork layer={uncounted} />
      <ValueSlider
        name={t('cut.share')}
        fieldName={t('cut.shareValue')}
        value={100 * target.share}
        min={0}
        max={95}
        step={1}
        unit="%"
        format={(value) => String(Math.round(value))}
        onDrag={(share) => {
          void commands.changeCut({ share: share / 100 })
        }}
        onSettle={(share) => {
          void commands.changeCut({ share: share / 100 })
        }}
      />
      <Choice
        label={t('cut.criterion')}
        value={target.criterion}
        data={channelCriteria.map((value) => ({ value, label: t(`cut.criteria.${value}`) }))}
        onChange={(value) => {
          const criterion = channelCriteria.find((candidate) => candidate === value)
          if (criterion !== undefined) void commands.changeCut({ criterion })
        }}
      />
      <Segments
        label={t('cut.scope')}
        value={target.scope}
        data={(['global', 'perLayer'] as const).map((value) => ({
          value,
          label: t(`cut.scopes.${value}`),
        }))}
        onChange={(scope) => {
          void commands.changeCut({ scope })
        }}
      />
      <Switch
        size="xs"
        label={t('cut.protectFirst')}
        checked={target.protectFirst}
        onChange={(event) => {
          void commands.changeCut({ protectFirst: event.currentTarget.checked })
        }}
      />
      {trains && (
        <Segments
          label={t('cut.start')}
          value={start}
          data={(['kept', 'fresh'] as const).map((value) => ({
            value,
            label: t(`cut.starts.${value}`),
          }))}
          onChange={(value) => {
            void commands.changeCutStart(value)
          }}
        />
      )}
      <Blocks busy={busy} />
      {cut.state === 'planned' && <CutLeft plan={cut.plan} />}
      {cut.state === 'failed' && (
        <Alert color="red" variant="light" p="xs">
          <ErrorText error={cut.error} />
        </Alert>
      )}
      <CutWork />
      <Button
        fullWidth
        variant="default"
        loading={cut.state === 'cutting'}
        disabled={
          busy || (cut.state === 'planned' && cut.plan.layers.length + cut.plan.gone.length === 0)
        }
        leftSection={<IconCut size={16} />}
        onClick={() => {
          void commands.cutModel()
        }}
      >
        {t('cut.go')}
      </Button>
      <Text size="xs" c="dimmed">
        {t(trains ? 'cut.then' : 'cut.thenUntrained')}
      </Text>
    </Stack>
  )
}

/** Depth: what can be left out as a whole. */
function Blocks({ busy }: { readonly busy: boolean }) {
  const { t } = useTranslation('train')
  const model = useStudio((state) => state.model)
  const blocks = useStudio((state) => state.blocks)
  const chosen = useStudio((state) => state.cutBlocks)
  const called = useLayerName()
  useEffect(() => {
    void commands.findBlocks()
  }, [model])
  if (blocks === null) return null
  if (blocks.length === 0)
    return (
      <Text size="xs" c="dimmed">
        {t('cut.blocks.none')}
      </Text>
    )
  return (
    <Stack gap={6} role="group" aria-label={t('cut.blocks.title')}>
      <Text size="xs">{t('cut.blocks.title')}</Text>
      {blocks.map(({ id, kind, macs, parameters }) => (
        <Checkbox
          key={id}
          size="xs"
          disabled={busy}
          checked={chosen.includes(id)}
          styles={{ label: breaks }}
          label={t(`cut.blocks.${kind}`, {
            id: called(id),
            parameters: compactCount(parameters),
            work:
              macs === null
                ? t('cut.blocks.unknown')
                : t('cut.blocks.work', { macs: compactCount(macs) }),
          })}
          onChange={() => {
            void commands.toggleBlock(id)
          }}
        />
      ))}
    </Stack>
  )
}
