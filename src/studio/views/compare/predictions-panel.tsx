import { Alert, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { answersPictures as takesPictures } from '../../store/can-answer'
import { attachedIn } from '../../store/data-in'
import { useStudio } from '../../store/store'
import { AskedPicture } from './asked-picture'
import { ClassChanges } from './class-changes'
import classes from './compare.module.css'
import { DrawingPad } from './drawing-pad'
import { Flips } from './flips'
import { PairedSentence } from './paired-sentence'
import { Speed } from './speed'

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
          <Flips recipe={null} />
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
