import { Alert, SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FlipKind } from '../../../protocol/compare-messages'
import { answersPictures as takesPictures } from '../../store/can-answer'
import { attachedIn } from '../../store/data-in'
import { useStudio } from '../../store/store'
import { ErrorText } from '../../words/problem-alert'
import { AskedPicture } from './asked-picture'
import { ClassChanges } from './class-changes'
import classes from './compare.module.css'
import { DrawingPad } from './drawing-pad'
import { FlipGallery } from './flip-gallery'
import { PairedSentence } from './paired-sentence'
import { Speed } from './speed'
import { useComparison } from './use-comparison'

/** Original beside compressed: one picture of the person's own first, then what changed, sample by sample and class by class, and how fast they are. */
export function PredictionsPanel() {
  const { t } = useTranslation('compare')
  const data = useStudio((state) => attachedIn(state.data))
  const runs = useStudio((state) => state.model?.obstacles.run === null)
  const answersPictures = useStudio((state) => takesPictures(state.model))
  const modelId = useStudio((state) => state.model?.id)
  const task = data?.settings.task
  const hasClasses = task === 'classification' || task === 'binary'
  const canDraw = data?.id === 'mnist'
  if (!runs) return <Text c="dimmed">{t('cannotRun')}</Text>
  return (
    <div className={classes['panel']}>
      {(answersPictures || canDraw) && (
        <div className={classes['tries']}>
          {answersPictures && <AskedPicture />}
          {canDraw && <DrawingPad />}
        </div>
      )}
      {hasClasses ? (
        <>
          <PairedSentence />
          <Flips />
          <ClassChanges />
        </>
      ) : (
        <Alert color="gray" variant="light">
          {t('needsClasses')}
        </Alert>
      )}
      <Speed key={modelId} />
    </div>
  )
}

const kinds: readonly FlipKind[] = ['lost', 'won', 'otherMistake']

function Flips() {
  const { t } = useTranslation('compare')
  const [kind, setKind] = useState<FlipKind>('lost')
  const { comparison, error, isStale } = useComparison()
  return (
    <section aria-label={t('flips.title')} className={classes['section']}>
      <Text component="h3" className={classes['heading'] ?? ''}>
        {t('flips.title')}
      </Text>
      {error !== null && <ErrorText error={error} />}
      {comparison === null ? (
        error === null && (
          <Text size="sm" c="dimmed">
            {t('flips.loading')}
          </Text>
        )
      ) : (
        <div data-stale={isStale || undefined} className={classes['stale']}>
          <SegmentedControl
            size="xs"
            aria-label={t('flips.title')}
            value={kind}
            onChange={(value) => {
              setKind(kinds.find((one) => one === value) ?? 'lost')
            }}
            data={kinds.map((value) => ({
              value,
              label: t(`flips.kinds.${value}`, { count: comparison.counts[value] }),
            }))}
          />
          <FlipGallery comparison={comparison} kind={kind} />
        </div>
      )}
    </section>
  )
}
