import { Button, Progress, Text } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { formatDuration } from '../../words/format-duration'
import classes from './download-card.module.css'

/** How far a download is, with what ends it and what leaves its measuring out. */
export function ExportProgressBar() {
  const { t } = useTranslation('page')
  const exporting = useStudio((state) => state.exporting)
  const cancel = useRef<HTMLButtonElement>(null)
  if (exporting.state !== 'running' && exporting.state !== 'cancelling') return null
  const progress = exporting.state === 'running' ? exporting.progress : null
  const leaving = exporting.state === 'running' && exporting.leaving === true
  const time = leaving ? null : (progress?.time ?? null)
  const phase =
    exporting.state === 'cancelling'
      ? t('download.cancelling')
      : t(`download.phases.${leaving ? 'unmeasured' : (progress?.phase ?? 'starting')}`)
  const share = progress === null || progress.total === 0 ? null : progress.done / progress.total
  const leave = (): void => {
    commands.saveUnmeasured()
    // The button that was pressed goes.
    cancel.current?.focus()
  }
  return (
    <div>
      <div className={classes['progressHead']}>
        <Text size="sm">
          {phase}
          {time !== null && time.msLeft >= WORTH_SAYING_MS && (
            <span className={classes['left']}>
              {t('download.left', { time: formatDuration(time.msLeft) })}
            </span>
          )}
        </Text>
        <Button
          ref={cancel}
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
      {time?.isLong === true && (
        <div className={classes['unmeasured']}>
          <Button size="sm" variant="default" fullWidth onClick={leave}>
            {t('download.unmeasured.button')}
          </Button>
          <Text size="xs" c="dimmed" mt={4}>
            {t('download.unmeasured.text')}
          </Text>
        </div>
      )}
    </div>
  )
}

/** A shorter time left is no news. */
const WORTH_SAYING_MS = 1000
