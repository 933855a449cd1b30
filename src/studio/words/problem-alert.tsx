import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StudioErrorData } from '../../core/errors'
import { useStudio } from '../store/store'
import { useErrorWords } from './use-error-words'
import classes from './problem-alert.module.css'

interface ErrorTextProps {
  readonly error: StudioErrorData
  /** What to do, where it is not what the error itself advises. */
  readonly fix?: string
  readonly onClose?: () => void
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** An error as a person needs it: what happened, the facts, what to do. */
export function ErrorText({ error, fix, onClose, action }: ErrorTextProps) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} />}
      title={say('title', error)}
      classNames={{ title: classes['alertTitle'] ?? '', message: classes['alertText'] ?? '' }}
      {...(onClose === undefined
        ? {}
        : {
            withCloseButton: true,
            onClose,
            closeButtonLabel: t('dismiss'),
          })}
    >
      <Text size="sm">{say('message', error)}</Text>
      <Text size="sm" mt={4} fw={600}>
        {fix ?? say('fix', error)}
      </Text>
      <Group gap="xs" mt="sm">
        {action !== undefined && (
          <Button size="xs" color="red" onClick={action.run}>
            {action.label}
          </Button>
        )}
        <CopyDetails error={error} />
      </Group>
    </Alert>
  )
}

/** For a report to whoever can mend it: what the error carries, and what it ran on. */
function CopyDetails({ error }: { readonly error: StudioErrorData }) {
  const { t } = useTranslation('page')
  const engine = useStudio((state) => state.engine)
  const [done, setDone] = useState(false)
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      onClick={() => {
        const { userAgent } = navigator
        const info = engine.state === 'ready' ? engine.info : engine.state
        const details = { error, engine: info, page: location.pathname, userAgent }
        navigator.clipboard.writeText(JSON.stringify(details, null, 2)).then(
          () => {
            setDone(true)
          },
          // A browser that forbids it leaves the text above to be selected.
          () => undefined,
        )
      }}
    >
      {t(done ? 'problem.copied' : 'problem.copy')}
    </Button>
  )
}

/** The last refusal or failure; the model that was open is still open behind it. */
export function ProblemAlert() {
  const problem = useStudio((state) => state.problem)
  const dismiss = useStudio((state) => state.dismissProblem)
  if (problem === null) return null
  return (
    <ErrorText
      key={problem.id}
      error={problem.error}
      onClose={() => {
        dismiss()
      }}
    />
  )
}
