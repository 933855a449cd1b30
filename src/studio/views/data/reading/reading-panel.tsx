import { Alert, Button, Group, Progress, Text, Title } from '@mantine/core'
import { useEffect, useId, useRef } from 'react'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../../../core/errors'
import { commands } from '../../../commands/page-commands'
import { readingObstacle } from '../../../store/reading-slice'
import type { OpenReading } from '../../../store/reading-slice'
import { useStudio } from '../../../store/store'
import { ErrorText } from '../../../words/problem-alert'
import { useErrorWords } from '../../../words/use-error-words'
import { DATA_REGION } from './data-region'
import { FirstPictures } from './first-pictures'
import { InputMappingTable } from './input-mapping'
import { ReadingAccount } from './reading-account'
import { ReadingControls } from './reading-controls'
import { ReadingNotes } from './reading-notes'
import { ReadingPreview } from './reading-preview'
import classes from './reading.module.css'

/** People's own files as they were understood, with all that can be put right, until they fit. */
export function ReadingPanel() {
  const reading = useStudio((state) => state.reading)
  return reading === null ? null : <OpenPanel reading={reading} />
}

function OpenPanel({ reading }: { readonly reading: OpenReading }) {
  const { t } = useTranslation('page')
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()
  const isAttaching = useStudio((state) => state.data.state === 'loading')
  const { answer, busy, title } = reading
  const newer = reading.choices === answer?.choices ? null : reading.choices
  useBorrowedFocus(heading)
  useInView(heading, answer !== null)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a way out, as dialogs have it
    <section
      className={classes['panel']}
      aria-labelledby={id}
      aria-busy={busy}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) commands.closeReading()
      }}
    >
      <div>
        <Title order={2} size="h5" id={id} ref={heading} tabIndex={-1}>
          {t('reading.panel.title', { name: answer?.reading.name ?? title })}
        </Title>
        <Verdict reading={reading} />
      </div>
      <Reason reading={reading} />
      {answer !== null && (
        <>
          <fieldset className={classes['plain']} disabled={isAttaching}>
            <legend className={classes['hidden']}>{t('reading.panel.controls')}</legend>
            {answer.reading.mapping !== undefined && (
              <InputMappingTable mapping={answer.reading.mapping} newer={newer} />
            )}
            <ReadingControls controls={answer.reading.controls} newer={newer} />
          </fieldset>
          <ReadingPreview preview={answer.reading.preview} />
          <FirstPictures pictures={reading.pictures ?? []} />
          <ReadingNotes notes={answer.reading.notes} />
          <ReadingAccount account={answer.reading.account} />
        </>
      )}
      <Foot reading={reading} isAttaching={isAttaching} />
    </section>
  )
}

/** Whether it can be attached, or is being read. */
function Verdict({ reading }: { readonly reading: OpenReading }) {
  const { t } = useTranslation('page')
  const { busy, progress } = reading
  const obstacle = readingObstacle(reading)
  const isKnown = progress !== null && progress.total > 0
  const words = { reading: t('reading.panel.busy'), attached: t('reading.panel.attached') }
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" role="status">
          {obstacle === null
            ? t('reading.panel.fits')
            : typeof obstacle === 'string' && words[obstacle]}
        </Text>
        {busy && (
          <Button size="compact-sm" variant="default" onClick={commands.stopReading}>
            {t('reading.panel.stop')}
          </Button>
        )}
      </Group>
      {busy && (
        <Progress
          mt={6}
          size="sm"
          value={isKnown ? (progress.done / progress.total) * 100 : 100}
          animated={!isKnown}
          aria-label={t('reading.panel.busy')}
        />
      )}
    </>
  )
}

/** Why it does not fit; while choices are read, what was said before. */
function Reason({ reading: { answer, error } }: { readonly reading: OpenReading }) {
  const say = useErrorWords()
  if (error !== null) return <ErrorText error={error} />
  const reason = answer?.reading.problem ?? answer?.misfit ?? null
  if (reason === null) return null
  // Nothing is broken: it is to be put right, or waits.
  const color = reason.code === 'data/model-first' ? 'blue' : 'yellow'
  return (
    <Alert
      role="alert"
      color={color}
      variant="light"
      title={say('title', reason)}
      classNames={{ title: classes['reason'] ?? '' }}
    >
      <Text size="sm">{say('message', reason)}</Text>
      <Text size="sm" mt={4} fw={600}>
        {say('fix', reason)}
      </Text>
    </Alert>
  )
}

interface FootProps {
  readonly reading: OpenReading
  readonly isAttaching: boolean
}

function Foot({ reading, isAttaching }: FootProps) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const id = useId()
  const obstacle = readingObstacle(reading)
  const canAttach = obstacle === null && !isAttaching
  const words = { reading: t('reading.panel.busy'), attached: t('reading.panel.attached') }
  const why = (reason: StudioErrorData | keyof typeof words): string =>
    typeof reason === 'string' ? words[reason] : say('title', reason)
  return (
    <Group gap="sm">
      {/* Not disabled, so that it keeps the focus and can say why. */}
      <Button
        size="sm"
        aria-disabled={!canAttach}
        {...(canAttach ? {} : { 'data-disabled': true })}
        {...(obstacle === null ? {} : { 'aria-describedby': id })}
        onClick={() => {
          if (canAttach) void commands.attachReading()
        }}
      >
        {t('reading.panel.attach')}
      </Button>
      <Button size="sm" variant="default" onClick={commands.closeReading}>
        {t('cancel')}
      </Button>
      {obstacle !== null && (
        <Text id={id} size="xs" c="dimmed">
          {why(obstacle)}
        </Text>
      )}
    </Group>
  )
}

/** The panel has the focus when it opens, and gives it back unless the person has taken it elsewhere. */
function useBorrowedFocus(target: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const before = document.activeElement
    target.current?.focus()
    return () => {
      if (document.activeElement !== null && document.activeElement !== document.body) return
      const isThere =
        before instanceof HTMLElement && before !== document.body && before.isConnected
      const back = isThere ? before : document.getElementById(DATA_REGION)
      back?.focus()
    }
  }, [target])
}

/** With an answer the panel is large: it begins where the view does, unless the person is elsewhere already. */
function useInView(target: RefObject<HTMLElement | null>, isLarge: boolean): void {
  useEffect(() => {
    const { current } = target
    if (isLarge && document.activeElement === current) current?.scrollIntoView({ block: 'start' })
  }, [target, isLarge])
}
