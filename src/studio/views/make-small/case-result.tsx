import { Alert, Button, Loader, Stack, Table, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CaseCheck } from '../../../case-study/case-checks'
import { sameLimits } from '../../../case-study/case-plan'
import { lostWork } from '../../../case-study/lost-work'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatPoints,
  formatSignificant,
} from '../../../ui-kit/format-number'
import { isShareKind, measureKind } from '../../store/measures'
import { commands } from '../../commands/page-commands'
import { targetsNow } from '../../store/case-slice'
import type { CasePath, CaseStagePoint } from '../../store/case-slice'
import { targetsOf } from '../../store/case-targets'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { zipBytes } from '../../store/zip-bytes'
import { ErrorText } from '../../words/problem-alert'
import classes from './case-result.module.css'
import { useScoreText } from '../train/use-score-text'
import { compactNumber } from '../../words/compact-number'

/** One case study: its stages, what it undid on the way, and whether its targets are reached. */
export function CaseResult({ path }: { readonly path: CasePath }) {
  const { t } = useTranslation('train')
  const { settings, stages, status } = path
  const last = stages.at(-1)
  const name = t('case.named', {
    purpose: t(`case.purposes.${settings.purpose}`),
    order: t(`case.orders.${settings.order}`),
  })
  return (
    <Stack gap={8} mb={10} role="group" aria-label={name}>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      {status.state === 'done' && <Targets path={path} />}
      <Table fz="xs" withRowBorders={false} horizontalSpacing={4} verticalSpacing={2}>
        {last !== undefined && (
          <Table.Caption fz="xs">
            {t('case.measured', { count: formatCount(last.measure.measured) })}
          </Table.Caption>
        )}
        <Table.Tbody>
          {stages.map((stage, index) => (
            <StageRow
              key={stage.id}
              stage={stage}
              isLocked={status.state === 'running'}
              onUse={() => {
                void commands.goToStage(path.id, index)
              }}
            />
          ))}
        </Table.Tbody>
      </Table>
      {status.state === 'running' && (
        <Text size="xs" role="status">
          <Loader size={10} mr={6} />{' '}
          {t('case.running', { stage: t(`case.stages.${status.stage}`) })}
        </Text>
      )}
      {status.state === 'cancelled' && <Text size="xs">{t('case.cancelled')}</Text>}
      {status.state === 'failed' && (
        <Alert color="red" variant="light" p="xs">
          <ErrorText error={status.error} />
        </Alert>
      )}
      <Lost stages={stages} />
    </Stack>
  )
}

interface StageRowProps {
  readonly stage: CaseStagePoint
  /** A study goes on: its stages cannot be left now. */
  readonly isLocked: boolean
  readonly onUse: () => void
}

function StageRow({ stage, isLocked, onUse }: StageRowProps) {
  const { t } = useTranslation('train')
  const place = useStudio((state) => state.reportPlace)
  const score = useScoreText()
  const { measure, share } = stage
  const format = isShareKind(measureKind(measure)) ? formatPercent : formatSignificant
  const isCurrent = useStudio(
    ({ model, recipe }) =>
      effectKey(recipe) === effectKey(stage.recipe) && (model?.totals.macs ?? null) === stage.macs,
  )
  const name = t(`case.stages.${stage.id}`)
  return (
    <Table.Tr>
      <Table.Td fw={isCurrent ? 600 : 400}>{name}</Table.Td>
      <Table.Td className={classes['figure'] ?? ''}>
        {formatBytes(zipBytes(stage.size, place))}
      </Table.Td>
      <Table.Td className={classes['figure'] ?? ''}>
        {share === null ? score(measure) : format(share)}
      </Table.Td>
      <Table.Td ta="right">
        {isCurrent ? (
          t('done.inUse')
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            disabled={isLocked}
            aria-label={t('case.useNamed', { stage: name })}
            onClick={onUse}
          >
            {t('done.use')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** Stages that destroyed an earlier one's work. */
function Lost({ stages }: { readonly stages: readonly CaseStagePoint[] }) {
  const { t } = useTranslation('train')
  const place = useStudio((state) => state.reportPlace)
  const lost = lostWork(
    stages.map((stage) => ({ ...stage, zippedBytes: zipBytes(stage.size, place) })),
  )
  if (lost.length === 0) return null
  return (
    <Alert color="yellow" variant="light" p="xs" title={t('case.lost.title')}>
      {lost.map(({ after, before, id, kind }) => {
        const format = kind === 'size' ? formatBytes : (value: number) => formatPercent(value, 1)
        return (
          <Text size="sm" key={`${id} ${kind}`}>
            {t(`case.lost.${kind}`, {
              stage: t(`case.stages.${id}`),
              before: format(before),
              after: format(after),
            })}
          </Text>
        )
      })}
    </Alert>
  )
}

/** The purpose's limits, each passed or not. */
function Targets({ path }: { readonly path: CasePath }) {
  const { t } = useTranslation('train')
  const place = useStudio((state) => state.reportPlace)
  const { latency } = path
  const isOther = useStudio(
    ({ caseSettings }) => !sameLimits(targetsNow(path, caseSettings), path.limits),
  )
  const checks = targetsOf(path, place)
  if (checks.length === 0) return null
  const met = checks.filter(({ passed }) => passed).length
  return (
    <>
      <Text size="sm" fw={600}>
        {t('case.met', { met, count: checks.length })}
      </Text>
      <Table fz="xs" withRowBorders={false} horizontalSpacing={4} verticalSpacing={2}>
        <Table.Caption fz="xs">
          {t('case.targets', {
            backend: latency.compressed?.backend ?? '',
            runs: latency.compressed?.runs ?? 0,
          })}
        </Table.Caption>
        <Table.Tbody>
          {checks.map((check) => (
            <Check key={check.id} check={check} />
          ))}
        </Table.Tbody>
      </Table>
      {isOther && (
        <Text size="xs" c="dimmed">
          {t('case.otherTargets')}{' '}
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              commands.judgeCase(path.id)
            }}
          >
            {t('case.judge')}
          </Button>
        </Text>
      )}
    </>
  )
}

const figures: Readonly<Record<CaseCheck['id'], (value: number) => string>> = {
  bytes: (value) => formatBytes(value),
  macs: (value) => compactNumber(value),
  latency: (value) => `${formatSignificant(value, 3)}\u00A0ms`,
  load: (value) => `${formatSignificant(value, 3)}\u00A0s`,
  memory: (value) => formatBytes(value),
  accuracyDrop: (value) => formatPoints(-value),
}

function Check({ check: { found, id, limit, passed } }: { readonly check: CaseCheck }) {
  const { t } = useTranslation('train')
  const format = figures[id]
  return (
    <Table.Tr>
      <Table.Td>{t(`case.checks.${id}`)}</Table.Td>
      <Table.Td className={classes['figure'] ?? ''}>{format(found)}</Table.Td>
      <Table.Td>{t('case.limit', { limit: format(limit) })}</Table.Td>
      <Table.Td className={classes['figure'] ?? ''}>
        <Text span size="xs" c={passed ? 'teal' : 'red'} fw={600}>
          {passed ? <IconCheck size={12} aria-hidden /> : <IconX size={12} aria-hidden />}{' '}
          {t(passed ? 'case.passed' : 'case.missed')}
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}
