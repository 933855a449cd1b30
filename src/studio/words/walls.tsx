import type { ReactNode } from 'react'
import { ErrorBoundary } from 'react-error-boundary'
import type { FallbackProps } from 'react-error-boundary'
import { useTranslation } from 'react-i18next'
import { toErrorData } from '../../core/errors'
import { ErrorText } from './problem-alert'

interface WallsProps {
  readonly children: ReactNode
  /** Before what is inside is drawn once more. */
  readonly onAgain?: () => void
}

/** What fails inside is said in its place; the rest of the page goes on. */
export function Walls({ children, onAgain }: WallsProps) {
  return (
    <ErrorBoundary
      FallbackComponent={Failed}
      {...(onAgain === undefined ? {} : { onReset: onAgain })}
    >
      {children}
    </ErrorBoundary>
  )
}

function Failed({ error, resetErrorBoundary }: FallbackProps) {
  const { t } = useTranslation('page')
  return (
    <ErrorText
      error={toErrorData(error)}
      action={{
        label: t('problem.again'),
        run: () => {
          resetErrorBoundary()
        },
      }}
    />
  )
}
