import { Button, Stack, Text } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import '../../i18n/train-words'
import { caseOrders, casePresets, casePurposes } from '../../../case-study/case-plan'
import { Folded } from '../../../ui-kit/folded'
import { formatPercent } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { sentences } from '../../words/joining'
import type { CasePath } from '../../store/case-slice'
import { useStudio } from '../../store/store'
import { CaseLimitFields, LimitsText } from './case-limits'
import { CaseResult } from './case-result'
import { Choice, Segments, Whole } from '../train/train-fields'
import { TrainNeeds } from '../train/train-needs'
import { obstacleOf } from '../train/train-obstacle'
import { WishField } from './wish-field'

/** The tutorial's case study in one click: pruned, then quantized, then distilled, for a target. */
export const CaseChoice = memo(function CaseChoice() {
  const { t } = useTranslation('train')
  const paths = useStudio((state) => state.casePaths)
  const found = useStudio(obstacleOf)
  // Without labels the original supervises every stage.
  const obstacle = found === 'labels' ? null : found
  const last = paths.at(-1)
  const running = last?.status.state === 'running'
  return (
    <Stack gap={10}>
      {last !== undefined && <CaseResult path={last} />}
      {!running && <WishField />}
      <Text size="xs" c="dimmed">
        {t('case.summary')}
      </Text>
      {running ? (
        <Button
          fullWidth
          variant="default"
          leftSection={<IconPlayerStop size={16} />}
          onClick={() => {
            void commands.cancelCase()
          }}
        >
          {t('case.cancel')}
        </Button>
      ) : obstacle === null ? (
        <CaseStart again={last !== undefined} />
      ) : (
        <TrainNeeds obstacle={obstacle} taught />
      )}
      {!running && paths.length > 1 && <Earlier paths={paths.slice(0, -1)} />}
    </Stack>
  )
})

function CaseStart({ again }: { readonly again: boolean }) {
  const { t } = useTranslation('train')
  const { epochs, order, purpose } = useStudio((state) => state.caseSettings)
  const busy = useStudio((state) => state.training.state === 'running')
  const { bits, cut, sparsity } = casePresets[purpose]
  return (
    <Stack gap={10}>
      <Segments
        label={t('case.purpose')}
        value={purpose}
        data={casePurposes.map((value) => ({ value, label: t(`case.purposes.${value}`) }))}
        onChange={(value) => {
          commands.changeCase({ purpose: value })
        }}
      />
      <Text size="xs" c="dimmed">
        {sentences(
          cut > 0 && t('case.does.cut', { share: formatPercent(cut, 0) }),
          t('case.does.steps', { sparsity: formatPercent(sparsity, 0), bits }),
        )}
      </Text>
      <LimitsText />
      <Button
        fullWidth
        variant={again ? 'light' : 'filled'}
        disabled={busy}
        leftSection={<IconPlayerPlay size={16} />}
        onClick={() => {
          void commands.startCase()
        }}
      >
        {t(`case.go.${order}`)}
      </Button>
      <Folded title={t('case.limits.title')}>
        <CaseLimitFields />
      </Folded>
      <Folded title={t('case.settings')}>
        <Stack gap={10}>
          <Choice
            label={t('case.order')}
            value={order}
            data={caseOrders.map((value) => ({ value, label: t(`case.orders.${value}`) }))}
            onChange={(value) => {
              const chosen = caseOrders.find((candidate) => candidate === value)
              if (chosen !== undefined) commands.changeCase({ order: chosen })
            }}
          />
          <Whole
            label={t('case.epochs')}
            value={epochs}
            min={1}
            max={100}
            onChange={(value) => {
              commands.changeCase({ epochs: value })
            }}
          />
          <Text size="xs" c="dimmed">
            {t('case.note')}
          </Text>
        </Stack>
      </Folded>
    </Stack>
  )
}

/** Case studies before the last one, for comparison. */
function Earlier({ paths }: { readonly paths: readonly CasePath[] }) {
  const { t } = useTranslation('train')
  return (
    <Folded title={t('case.earlier')}>
      {paths.toReversed().map((path) => (
        <CaseResult key={path.id} path={path} />
      ))}
    </Folded>
  )
}
