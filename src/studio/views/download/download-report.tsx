import { ONNX_FILES } from '../../../core/model-summary'
import { ActionIcon, Alert, Box, Button, Group, Modal, Table, Text } from '@mantine/core'
import { IconCircleCheck, IconFileText, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isDecoded } from '../../../formats/exporter'
import type { AccuracyEvent, MeasureEvent } from '../../../protocol/measure-messages'
import { Fact, Facts } from '../../../ui-kit/fact'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatSignificant,
} from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import type { ExportReport, ExportStatus } from '../../store/run-slice'
import { isShareKind, kindOfMeaning, measuredShare } from '../../store/measures'
import { PairedText } from '../compare/paired-sentence'
import classes from './download-card.module.css'
import { formatScore } from '../../words/format-score'
import { compactCount } from '../../words/compact-number'
import { useRecipeText } from '../../words/use-recipe-text'
import { UsageCode } from './usage-code'
import { clauses, sentences } from '../../words/joining'

type Done = Extract<ExportStatus, { state: 'done' }>

/** What was measured on the bytes of the finished file. */
export function DownloadReport({ done }: { readonly done: Done }) {
  const { t } = useTranslation('page')
  const [tensorsOpen, setTensorsOpen] = useState(false)
  const { looks, report } = done
  const model = useStudio((state) => state.model)
  const describe = useRecipeText(useStudio((state) => state.model?.layers))
  const ownOperators = useOwnOperators(done)
  const isOther = useStudio(({ committed }) => effectKey(committed) !== effectKey(done.recipe))
  return (
    <div className={classes['report']} role="group" aria-label={t('report.title')}>
      <div className={classes['reportHead']}>
        <IconCircleCheck size={18} color="var(--studio-compressed)" aria-hidden />
        <Text fw={600} size="sm" className={classes['fileName'] ?? ''}>
          {report.fileName}
        </Text>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t('report.close')}
          onClick={commands.closeReport}
        >
          <IconX size={14} />
        </ActionIcon>
      </div>
      {isOther && (
        <Text size="xs" mb={6}>
          {t('report.settings', { settings: describe(done.recipe) })}
        </Text>
      )}
      <Facts>
        <Fact name={t('report.zipped')}>
          <b>
            {formatBytes(report.zippedBytes)} ({formatCount(report.zippedBytes)}&nbsp;B)
          </b>
        </Fact>
        <Fact name={t(`report.shards.${report.container}`)}>{formatBytes(report.shardBytes)}</Fact>
        {report.test !== null && <MeasureFacts measure={report.test} />}
        {report.validation !== null && <MeasureFacts measure={report.validation} />}
      </Facts>
      {model !== null && model.removed !== null && (
        <Text size="xs" mt={6}>
          {t('report.removed', {
            after: compactCount(model.totals.parameters),
            before: compactCount(model.original.parameters),
          })}
        </Text>
      )}
      {report.test?.type === 'accuracy' && <TestText measure={report.test} looks={looks} />}
      {report.unmeasured !== null && (
        <Text size="sm" fw={600} mt={6}>
          {t(unmeasuredWords(report.unmeasured, report.validation !== null))}
        </Text>
      )}
      <Text size="xs" c="dimmed" mt={6}>
        {sentences(
          t(checkedWords(report)),
          report.validation === null || report.notByOnnx === undefined
            ? ''
            : t(`report.notByOnnx.${report.notByOnnx}`),
          report.apart === null ? '' : t('report.apart', apartWords(report.apart)),
          ownOperators,
          report.usageLanguage === 'js' ? t('report.server') : '',
        )}
      </Text>
      <UsageCode code={report.usageCode} language={report.usageLanguage} />
      {report.usageWeb != null && <UsageCode code={report.usageWeb} language="web" />}
      {report.reportPlace === 'apart' && (
        <Button
          size="xs"
          variant="default"
          fz="sm"
          fullWidth
          mt={8}
          leftSection={<IconFileText size={16} />}
          onClick={commands.saveReport}
        >
          {t('report.saveReport', { size: formatBytes(report.reportZipBytes) })}
        </Button>
      )}
      <Group gap="xs" mt={8}>
        <Button size="compact-sm" variant="default" onClick={commands.saveAgain}>
          {t('report.again')}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            setTensorsOpen(true)
          }}
        >
          {t('report.tensors', { count: report.tensors.length })}
        </Button>
      </Group>
      <TensorTable
        report={report}
        opened={tensorsOpen}
        onClose={() => {
          setTensorsOpen(false)
        }}
      />
    </div>
  )
}

/** What the person did not wait for. */
function unmeasuredWords(what: 'test' | 'outputs', hasValidation: boolean) {
  if (what === 'outputs') return 'report.unmeasured.outputs'
  return hasValidation ? 'report.unmeasured.test' : 'report.unmeasured.both'
}

/** What was done to the file before it was handed out. */
function checkedWords({ container, unmeasured, validation, runtime }: ExportReport) {
  if (validation !== null && container === ONNX_FILES && runtime === 'onnxRuntime')
    return 'report.verified.onnxFile'
  if (validation !== null) return `report.verified.${runtime}` as const
  return unmeasured === null ? 'report.notMeasured' : 'report.compared'
}

/** How often the preview says another class than the file. */
function apartWords({ classes, samples }: NonNullable<ExportReport['apart']>) {
  return { count: classes, shown: formatCount(classes), samples: formatCount(samples) }
}

/** What this page's own operators said of the same settings, where the runtime of the file says something else. */
function useOwnOperators({ recipe, report }: Done): string {
  const { t } = useTranslation('page')
  const shown = useStudio(({ measure }) => (measure?.recipe === recipe ? measure.value : null))
  const { container, validation } = report
  if (container !== ONNX_FILES || shown?.type !== 'accuracy' || validation?.type !== 'accuracy')
    return ''
  const isSame =
    shown.correct === validation.correct && shown.originalCorrect === validation.originalCorrect
  if (isSame || shown.measured !== validation.measured || shown.split !== validation.split)
    return ''
  const share = (count: number): string => formatPercent(count / Math.max(1, shown.measured))
  const [before, after] = [share(shown.originalCorrect), share(shown.correct)]
  return t('report.ownOperators', { before, after })
}

/** The paired test on the test split, and how often that split was looked at. */
function TestText({ measure, looks }: { readonly measure: AccuracyEvent; readonly looks: number }) {
  const { t } = useTranslation('page')
  return (
    <>
      <Box mt={6}>
        <PairedText measure={measure} />
      </Box>
      <Text size="xs" c="dimmed" mt={4}>
        {t('report.looks', { count: looks })}
      </Text>
    </>
  )
}

function MeasureFacts({ measure }: { readonly measure: MeasureEvent }) {
  const { t } = useTranslation('page')
  if (measure.type === 'accuracy') {
    const n = Math.max(1, measure.measured)
    return (
      <Fact
        name={t('report.accuracy', {
          split: t(`splits.${measure.split}`),
          count: formatCount(measure.measured),
        })}
      >
        {formatPercent(measure.originalCorrect / n)} → <b>{formatPercent(measure.correct / n)}</b>
      </Fact>
    )
  }
  if (measure.type === 'scores')
    return measure.scores.map(({ id, value, original }) => (
      <Fact
        key={id}
        name={t('report.score', {
          score: t(`answer.scores.${id}`),
          split: t(`splits.${measure.split}`),
          count: formatCount(measure.measured),
        })}
      >
        {original === null ? t('answer.undefined') : formatScore(id, original)} →{' '}
        <b>{value === null ? t('answer.undefined') : formatScore(id, value)}</b>
      </Fact>
    ))
  const kind = kindOfMeaning[measure.meaning]
  const share = measuredShare(measure)
  return (
    <Fact
      name={
        measure.data === null
          ? t(`report.against.${kind}`, { count: formatCount(measure.measured) })
          : t(`report.againstData.${kind}`, {
              split: t(`splits.${measure.data.split}`),
              count: formatCount(measure.measured),
            })
      }
    >
      {share === null
        ? t('answer.notInformative')
        : clauses(
            isShareKind(kind) ? formatPercent(share) : formatSignificant(share, 4),
            t('answer.relativeError', { value: formatSignificant(measure.relativeError, 3) }),
          )}
    </Fact>
  )
}

interface TensorTableProps {
  readonly report: ExportReport
  readonly opened: boolean
  readonly onClose: () => void
}

/** How each tensor is stored and why it is not smaller. */
function TensorTable({ report, opened, onClose }: TensorTableProps) {
  const { t } = useTranslation('page')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('report.tensorTitle')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('report.closeTensors') }}
    >
      {report.tensors.some(({ reason }) => isDecoded(reason)) && (
        <Alert color="accent" variant="light" mb="sm">
          {t('report.decoded')}
        </Alert>
      )}
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('report.tensor')}</Table.Th>
            <Table.Th>{t('report.storedAs')}</Table.Th>
            <Table.Th ta="right">{t('report.bytes')}</Table.Th>
            <Table.Th>{t('report.why')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.tensors.map((tensor) => (
            <Table.Tr key={tensor.name}>
              <Table.Td>{tensor.name}</Table.Td>
              <Table.Td>{tensor.storedAs}</Table.Td>
              <Table.Td ta="right">{formatBytes(tensor.bytes)}</Table.Td>
              <Table.Td>
                {tensor.reason === null ? '' : t(`report.reasons.${tensor.reason}`)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
