import { Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import '../../i18n/compare-words'
import { formatBytes, formatCount } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { candidateLetters, freshnessOf } from '../../store/candidates-slice'
import { isShareKind, measureKind, measuredShare } from '../../store/measures'
import { useStudio } from '../../store/store'
import { openedBytes } from '../../store/zip-bytes'
import { compactCount } from '../../words/compact-number'
import { formatScore } from '../../words/format-score'
import { PinButton } from '../pin/pin-button'
import { CandidateCard } from './candidate-card'
import { CandidatePair } from './candidate-pair'
import classes from './candidates.module.css'
import { Speed } from './speed'

const columns = ['name', 'state', 'size', 'measure', 'against', 'flips', 'classes'] as const
const lastColumns = ['macs', 'time', 'actions'] as const

/** Up to four settings side by side, each with its files and what it does to the answers. */
export function CandidatesPanel() {
  const { t } = useTranslation('compare')
  const { t: charts } = useTranslation('charts')
  const candidates = useStudio((state) => state.candidates)
  const committed = useStudio((state) => state.committed)
  const modelId = useStudio((state) => state.model?.id)
  const runs = useStudio((state) => state.model?.obstacles.run === null)
  const hasClasses = useStudio((state) => state.originalMeasure?.type === 'accuracy')
  const isOutdated = useStudio((state) =>
    state.candidates.some(
      (one) => freshnessOf(one, state) !== 'current' && !(one.key in state.candidateWork),
    ),
  )
  return (
    <div className={classes['panel']}>
      <OriginalLine />
      <div className={classes['bar']}>
        <PinButton recipe={committed} label={charts('pin.pinCurrent')} />
        {isOutdated && (
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => void commands.measureCandidates()}
          >
            {t('candidates.measureAll')}
          </Button>
        )}
        {candidates.length >= candidateLetters.length && (
          <Text size="xs" c="dimmed">
            {t('candidates.full')}
          </Text>
        )}
      </div>
      {candidates.length === 0 ? (
        <Text size="sm" c="dimmed" className={classes['empty'] ?? ''}>
          {t('candidates.empty')}
        </Text>
      ) : (
        <>
          {/* A table to those who hear it; each row is a card to those who see it. */}
          <div role="table" aria-label={t('candidates.title')}>
            <div role="rowgroup" className={classes['hidden']}>
              <div role="row">
                {[...columns, ...lastColumns].map((column) => (
                  <span role="columnheader" key={column}>
                    {t(
                      column === 'measure' && hasClasses
                        ? 'candidates.accuracy'
                        : `candidates.columns.${column}`,
                    )}
                  </span>
                ))}
              </div>
            </div>
            <div role="rowgroup" className={classes['cards']}>
              {candidates.map((candidate) => (
                <CandidateCard key={candidate.key} candidate={candidate} />
              ))}
            </div>
          </div>
          {hasClasses && (
            <Text size="xs" c="dimmed">
              {t('paired.usedForChoosing')}
            </Text>
          )}
          <CandidatePair />
          {runs && <Speed key={modelId} />}
        </>
      )}
    </div>
  )
}

/** What all of them are compared with. */
function OriginalLine() {
  const { t } = useTranslation('compare')
  const { t: page } = useTranslation('page')
  const model = useStudio((state) => state.model)
  const measure = useStudio((state) => state.originalMeasure)
  if (model === null) return null
  const { macs } = model.original
  const share = measure === null || measure.type === 'agreement' ? null : measuredShare(measure)
  const score =
    measure === null || share === null || measure.type === 'agreement'
      ? null
      : t('candidates.scoreOf', {
          score: formatScore(isShareKind(measureKind(measure)) ? 'labelAccuracy' : 'r2', share),
          split: page(`splits.${measure.split}`),
          count: formatCount(measure.measured),
        })
  const facts = [
    t('candidates.zipped', { size: formatBytes(openedBytes(model.original)) }),
    ...(score === null ? [] : [score]),
    ...(macs === null ? [] : [t('candidates.macsOf', { macs: compactCount(macs) })]),
  ]
  return (
    <Text size="sm" className={classes['original'] ?? ''}>
      {t('candidates.original', { facts: facts.join(' · ') })}
    </Text>
  )
}
