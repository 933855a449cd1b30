import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { OwnDataFacts } from '../../../protocol/messages'
import { Folded } from '../../../ui-kit/folded'
import classes from './data.module.css'

/** What was left out of people's own data, counted and named. */
export function DataProblems({ facts }: { readonly facts: OwnDataFacts }) {
  const { t } = useTranslation(['page', 'errors'])
  const { broken, duplicates } = facts
  return (
    <>
      {broken.count > 0 && (
        <Folded title={t('page:data.broken', { count: broken.count })}>
          <ul className={classes['problems']}>
            {broken.examples.map((error) => (
              <li key={JSON.stringify(error.params)}>
                {t(`errors:${error.code}.message`, error.params)}
              </li>
            ))}
            {broken.count > broken.examples.length && (
              <li>{t('page:data.brokenMore', { count: broken.count - broken.examples.length })}</li>
            )}
          </ul>
        </Folded>
      )}
      {duplicates.count > 0 && (
        <Text size="xs" c="dimmed">
          {t('page:data.duplicates', { count: duplicates.count })}
          {duplicates.contradictions > 0 &&
            `; ${t('page:data.contradictions', { count: duplicates.contradictions })}`}
          .
        </Text>
      )}
    </>
  )
}
