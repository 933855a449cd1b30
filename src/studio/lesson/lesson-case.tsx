import { Button } from '@mantine/core'
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { casePurposes } from '../../case-study/case-plan'
import { commands } from '../commands/page-commands'
import { useStudio } from '../store/store'
import { CaseResult } from '../views/make-small/case-result'
import { obstacleOf } from '../views/train/train-obstacle'
import { Segments } from '../views/train/train-fields'
import { TrainNeeds } from '../views/train/train-needs'

/** The case study of the page, stage by stage as it is measured. */
export function LessonCase() {
  const { t } = useTranslation('lesson')
  const { t: tTrain } = useTranslation('train')
  const purpose = useStudio((state) => state.caseSettings.purpose)
  const last = useStudio((state) => state.casePaths.at(-1))
  const found = useStudio(obstacleOf)
  const busy = useStudio((state) => state.training.state === 'running')
  // Without labels the original supervises every stage.
  const obstacle = found === 'labels' ? null : found
  const isRunning = last?.status.state === 'running'
  const Icon = isRunning ? IconPlayerStop : IconPlayerPlay
  return (
    <>
      {obstacle !== null && <TrainNeeds obstacle={obstacle} />}
      {obstacle === null && !isRunning && (
        <Segments
          label={t('purpose')}
          value={purpose}
          data={casePurposes.map((value) => ({
            value,
            label: tTrain(`case.purposes.${value}`),
          }))}
          onChange={(value) => {
            commands.changeCase({ purpose: value })
          }}
        />
      )}
      {(obstacle === null || isRunning) && (
        <div>
          {/* One button, so that whoever pressed it still has it. */}
          <Button
            size="xs"
            variant={isRunning ? 'default' : 'filled'}
            disabled={busy && !isRunning}
            leftSection={<Icon size={14} />}
            onClick={() => {
              void (isRunning ? commands.stopLessonRun() : commands.caseInLesson())
            }}
          >
            {t(isRunning ? 'run.stop' : 'run.case')}
          </Button>
        </div>
      )}
      {last !== undefined && <CaseResult path={last} />}
    </>
  )
}
