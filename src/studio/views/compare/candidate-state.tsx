import { Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatCount } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import type { Candidate, CandidateFreshness, CandidateStatus } from '../../store/candidates-slice'
import { ErrorText } from '../../words/problem-alert'

interface CandidateStateProps {
  readonly candidate: Candidate
  readonly freshness: CandidateFreshness
  readonly work: CandidateStatus | null
}

/** What goes on about a candidate, or why its figures are not shown; nothing where they are. */
export function CandidateState({ candidate, freshness, work }: CandidateStateProps) {
  const { t } = useTranslation('compare')
  if (work?.state === 'waits' || work?.state === 'measuring')
    return (
      <Text size="xs" role="status">
        {t(work.state === 'waits' ? 'candidates.state.waits' : 'candidates.state.starting')}
        {work.state === 'measuring' && work.total > 0 && (
          // What moves is not read out.
          <span aria-hidden>
            {` ${t('candidates.state.measuring', {
              done: formatCount(work.done),
              total: formatCount(work.total),
            })}`}
          </span>
        )}
      </Text>
    )
  if (freshness === 'current' && work === null) return null
  return (
    <>
      {work?.state === 'failed' ? (
        <ErrorText error={work.error} />
      ) : (
        <Text size="xs" mb={4}>
          {freshness === 'otherData'
            ? t('candidates.state.otherData', {
                data: candidate.result?.data.name ?? t('candidates.state.synthetic'),
              })
            : freshness === 'otherArithmetic'
              ? t('candidates.state.otherArithmetic')
              : t('candidates.state.none')}
        </Text>
      )}
      <Button
        size="compact-xs"
        variant="light"
        aria-label={`${t('candidates.measure')} ${candidate.letter}`}
        onClick={() => void commands.measureCandidate(candidate.key)}
      >
        {t('candidates.measure')}
      </Button>
    </>
  )
}
