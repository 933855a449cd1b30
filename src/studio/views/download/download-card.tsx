import { Button, Collapse, Progress, Radio, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconDownload } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExportFormat } from '../../../formats/format'
import { formatBytes } from '../../../ui-kit/format-number'
import { inexactSettings } from '../../words/size-reason'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './download-card.module.css'
import { DownloadReport } from './download-report'
import { ErrorText } from '../../words/problem-alert'

const formats = ['exact', 'float32', 'float16'] as const

/** The way out: a format, the bytes of the file on the button, then what was measured on it. */
export const DownloadCard = memo(function DownloadCard() {
  const { t } = useTranslation('page')
  const exporting = useStudio((state) => state.exporting)
  const format = useStudio((state) => state.exportFormat)
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
          <Collapse expanded={open}>{open && <FormatChoice />}</Collapse>
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
            {t('download.format')}: <b>{t(`download.formats.${format}.label`)}</b>
          </UnstyledButton>
          <DownloadButton />
        </>
      )}
    </section>
  )
})

function DownloadButton() {
  const { t } = useTranslation('page')
  const format = useStudio((state) => state.exportFormat)
  const sizes = useStudio((state) => state.sizes)
  const settled = useStudio((state) => state.sizes?.recipe === state.recipe)
  const ready = useStudio((state) => state.engine.state === 'ready')
  const other = useFormatSize(format)
  const known = format === 'exact' ? (sizes?.value.zipped ?? null) : other
  const size = known === null ? t(`download.formats.${format}.short`) : formatBytes(known)
  const exact =
    known === null || format !== 'exact' || (sizes?.value.zippedIsExact === true && settled)
  return (
    <Button
      size="md"
      fullWidth
      disabled={!ready}
      leftSection={<IconDownload size={18} />}
      onClick={() => {
        void commands.download(format)
      }}
    >
      {t(exact ? 'download.button' : 'download.buttonEstimate', { size })}
    </Button>
  )
}

/** Exact size of the zip in a format, of the settings as they are; null while nobody knows. */
function useFormatSize(format: ExportFormat): number | null {
  return useStudio((state) => {
    if (format === 'exact')
      return state.sizes?.recipe === state.recipe && state.sizes.value.zippedIsExact
        ? state.sizes.value.zipped
        : null
    if (state.alternatives?.recipe !== state.recipe) return null
    return state.alternatives.value.find((entry) => entry.format === format)?.zipped ?? null
  })
}

function FormatLabel({ format }: { readonly format: ExportFormat }) {
  const { t } = useTranslation('page')
  const size = useFormatSize(format)
  const label = t(`download.formats.${format}.label`)
  return size === null ? label : `${label} · ${formatBytes(size)}`
}

function FormatChoice() {
  const { t } = useTranslation('page')
  const format = useStudio((state) => state.exportFormat)
  const setFormat = useStudio((state) => state.setExportFormat)
  const recipe = useStudio((state) => state.committed)
  const reasons = inexactSettings(recipe)
  const text = (id: ExportFormat): string =>
    id === 'exact' && reasons.length > 0
      ? t('download.formats.exact.decoded', {
          settings: reasons.map((reason) => t(`download.reasons.${reason}`)).join(', '),
        })
      : t(`download.formats.${id}.text`)
  return (
    <Radio.Group
      value={format}
      aria-label={t('download.format')}
      onChange={(value) => {
        const chosen = formats.find((id) => id === value)
        if (chosen !== undefined) setFormat(chosen)
      }}
    >
      <Stack gap={10} pb="sm">
        {formats.map((id) => (
          <Radio
            key={id}
            value={id}
            size="sm"
            label={<FormatLabel format={id} />}
            description={text(id)}
          />
        ))}
      </Stack>
    </Radio.Group>
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
