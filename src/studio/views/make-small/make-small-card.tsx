import { Stack, Text } from '@mantine/core'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Folded } from '../../../ui-kit/folded'
import { CardSection } from '../../../ui-kit/card-section'
import '../../i18n/small-words'
import '../../i18n/train-words'
import { isGoingOn } from '../../store/make-small-slice'
import { useStudio } from '../../store/store'
import { laterPart } from '../../words/later-part'
import { CaseChoice } from './case-choice'
import { SmallGoal } from './small-goal'
import { SmallOutcome } from './small-outcome'
import { SmallProgress } from './small-progress'
import { SmallTrainingProgress } from './small-training-progress'

const LayerMap = laterPart(async () => (await import('./layer-map')).LayerMap)

/** What most people come for: as small as possible without losing what matters, and then the file. */
export const MakeSmallCard = memo(function MakeSmallCard() {
  const { t } = useTranslation('small')
  const wish = useStudio((state) => state.smallWish.wish)
  const running = useStudio((state) => isGoingOn(state.makeSmall))
  const runs = useStudio((state) => state.model?.obstacles.run === null)
  return (
    <CardSection alone title={t('title')} summary={t('summary')}>
      {runs ? (
        <Stack gap={10}>{wish === 'target' && !running ? <CaseChoice /> : <Search />}</Stack>
      ) : (
        <Text size="sm" c="dimmed">
          {t('cannotRun')}
        </Text>
      )}
    </CardSection>
  )
})

/** The search: what it is to keep to, or how far it is. */
function Search() {
  const { t } = useTranslation('small')
  const status = useStudio((state) => state.makeSmall)
  return (
    <>
      {status.state === 'running' ? (
        <SmallProgress status={status} />
      ) : status.state === 'training' ? (
        <SmallTrainingProgress status={status} />
      ) : (
        <>
          {status.state !== 'idle' && <SmallOutcome status={status} />}
          <SmallGoal again={status.state !== 'idle' && status.state !== 'elsewhere'} />
        </>
      )}
      <Folded title={t('map.title')}>
        <LayerMap />
      </Folded>
    </>
  )
}
