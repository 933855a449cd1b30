import { Alert, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useErrorWords } from '../../words/use-error-words'
import type { Obstacle } from './train-obstacle'
import { sentences } from '../../words/joining'

/** What training needs and does not have, in the place of its button. */
export function TrainNeeds({
  obstacle,
  taught = false,
}: {
  readonly obstacle: Obstacle
  /** A teacher supervises where there are no labels. */
  readonly taught?: boolean
}) {
  const { t } = useTranslation('train')
  const say = useErrorWords()
  return (
    <Alert color="gray" variant="light" p="xs">
      {typeof obstacle === 'string' ? (
        <Text size="sm">{t(`needs.${taught && obstacle === 'data' ? 'anyData' : obstacle}`)}</Text>
      ) : (
        <Text size="sm">{sentences(t('needs.model'), say('message', obstacle))}</Text>
      )}
    </Alert>
  )
}
