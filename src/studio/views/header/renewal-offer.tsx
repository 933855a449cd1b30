import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { toErrorData } from '../../../core/errors'
import { useStudio } from '../../store/store'
import { Notice } from '../../words/notice'
import type { StudioState } from '../../store/store'

/** Offers a newer build; it never starts by itself under an open page, nor under work. */
export function RenewalOffer() {
  const { t } = useTranslation('page')
  const renewal = useStudio((state) => state.renewal)
  const setRenewal = useStudio((state) => state.setRenewal)
  const showProblem = useStudio((state) => state.showProblem)
  const isWorking = useStudio(worksOn)
  if (renewal === null) return null
  const start = async (): Promise<void> => {
    try {
      const { renewApp } = await import('../../keeping/kept-app')
      if ((await renewApp()) === 'otherPages') setRenewal('otherPages')
    } catch (thrown) {
      showProblem(toErrorData(thrown), 'renewal')
    }
  }
  return (
    <Notice
      onClose={() => {
        setRenewal(null)
      }}
    >
      <div>{t(`renewal.${renewal}`)}</div>
      <Group mt="xs" gap="xs">
        <Button
          size="xs"
          variant="default"
          disabled={isWorking}
          onClick={() => {
            void start()
          }}
        >
          {t('renewal.start')}
        </Button>
        {isWorking && <span>{t('renewal.working')}</span>}
      </Group>
    </Notice>
  )
}

/** Something that a reload would end. */
function worksOn({ opening, training, sweep, exporting, cut }: StudioState): boolean {
  return (
    opening.state !== 'idle' ||
    training.state === 'running' ||
    sweep.state === 'running' ||
    exporting.state === 'running' ||
    cut.state === 'cutting'
  )
}
