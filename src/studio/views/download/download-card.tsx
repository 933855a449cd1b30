import { Button, Collapse, Progress, Radio, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconDownload } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExportTarget } from '../../../core/model-summary'
import { formatBytes } from '../../../ui-kit/format-number'
import { inexactSettings } from '../../words/size-reason'
import { commands } from '../../commands/page-commands'
import { isMadeAnyway, refusalOf, targetOf, zippedAs } from '../../store/export-target'
import { useStudio } from '../../store/store'
import { useErrorWords } from '../../words/use-error-words'
import classes from './download-card.module.css'
import { DownloadReport } from './download-report'
import { ErrorText } from '../../words/problem-alert'

/** The way out: what is stored how, the bytes of the file on the button, then what was measured on it. */
export const DownloadCard = memo(function DownloadCard() {
  const { t } = useTranslation('page')
  const exporting = useStudio((state) => state.exporting)
  const target = useStudio(targetOf)
  const [open, setOpen] = useState(false)
  return (
    <section aria-label={t('download.title')} className={classes['section']}>
      {exporting.state === 'done' && <DownloadReport done={exporting} />}
      {exporting.state === 'failed' && (
        <ErrorText error={exporting.error} onClose={commands.closeReport} />
      )}
      {exporting.state === 'running' || exporting.state === 'cancelling' ? (
        <ExportProgressBar />
      ) : (
        <>
          <Collapse expanded={open}>{open && <TargetChoice />}</Collapse>
          <UnstyledButton
            className={classes['formatButton'] ?? ''}
            aria-expanded={open}
            onClick={() => {
              setOpen(!open)
            }}
          >
            <IconChevronRight
              size={14}
              className={classes['arrow'] ?? ''}
              data-open={open || undefined}
            />
            {t('download.storedAs')}:{' '}
            <b>{target !== null && t(`download.precisions.${target.precision}.label`)}</b>
          </UnstyledButton>
          <DownloadButton />
        </>
      )}
    </section>
  )
})

function DownloadButton() {
  const { t } = useTranslation('page')
  const target = useStudio(targetOf)
  const made = useStudio((state) => isMadeAnyway(state, target))
  const refused = useStudio((state) => refusalOf(state, target) !== null)
  const estimate = useStudio((state) => (made ? (state.sizes?.value.zipped ?? null) : null))
  const exact = useStudio((state) => zippedAs(state, target))
  const ready = useStudio((state) => state.engine.state === 'ready')
  const known = exact ?? estimate
  const size =
    known !== null
      ? formatBytes(known)
      : target === null
        ? ''
        : t(`download.precisions.${target.precision}.short`)
  return (
    <Button
      size="md"
      fullWidth
      disabled={!ready || refused}
      leftSection={<IconDownload size={18} />}
      onClick={() => {
        void commands.download()
      }}
    >
      {t(exact === null && estimate !== null ? 'download.buttonEstimate' : 'download.button', {
        size,
      })}
    </Button>
  )
}

function TargetChoice() {
  const { t } = useTranslation('page')
  const targets = useStudio((state) => state.model?.targets ?? none)
  const target = useStudio(targetOf)
  const choose = useStudio((state) => state.setExportTarget)
  return (
    <Radio.Group
      value={target?.precision ?? null}
      aria-label={t('download.storedAs')}
      onChange={(value) => {
        const chosen = targets.find(({ precision }) => precision === value)
        if (chosen !== undefined) choose(chosen)
      }}
    >
      <Stack gap={10} pb="sm">
        {targets.map((one) => (
          <Target key={`${one.container} ${one.precision}`} target={one} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

const none: readonly ExportTarget[] = []

/** One download, with its size or why the settings do not fit it. */
function Target({ target }: { readonly target: ExportTarget }) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const size = useStudio((state) => zippedAs(state, target))
  const refusal = useStudio((state) => refusalOf(state, target))
  const recipe = useStudio((state) => state.committed)
  const { precision } = target
  const label = t(`download.precisions.${precision}.label`)
  const reasons = precision === 'exact' ? inexactSettings(recipe) : []
  const text =
    refusal !== null
      ? say('message', refusal)
      : reasons.length > 0
        ? t('download.precisions.exact.decoded', {
            settings: reasons.map((reason) => t(`download.reasons.${reason}`)).join(', '),
          })
        : t(`download.precisions.${precision}.text`)
  return (
    <Radio
      value={precision}
      size="sm"
      disabled={refusal !== null}
      label={size === null ? label : `${label} · ${formatBytes(size)}`}
      description={text}
    />
  )
}

function ExportProgressBar() {
  const { t } = useTranslation('page')
  const exporting = useStudio((state) => state.exporting)
  if (exporting.state !== 'running' && exporting.state !== 'cancelling') return null
  const progress = exporting.state === 'running' ? exporting.progress : null
  const phase =
    exporting.state === 'cancelling'
      ? t('download.cancelling')
      : t(`download.phases.${progress?.phase ?? 'starting'}`)
  const share = progress === null || progress.total === 0 ? null : progress.done / progress.total
  return (
    <div>
      <div className={classes['progressHead']}>
        <Text size="sm">{phase}</Text>
        <Button
          size="compact-sm"
          variant="default"
          disabled={exporting.state === 'cancelling'}
          onClick={commands.cancelDownload}
        >
          {t('cancel')}
        </Button>
      </div>
      <Progress
        value={share === null ? 100 : share * 100}
        animated={share === null}
        size="sm"
        aria-label={phase}
      />
    </div>
  )
}
