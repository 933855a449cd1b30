import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { OwnDataFacts } from '../../../protocol/data-messages'
import { Folded } from '../../../ui-kit/folded'
import { useErrorWords } from '../../words/use-error-words'
import classes from './data.module.css'
import { labelled } from '../../words/joining'

/** What was left out of people's own data, counted and named. */
export function DataProblems({ facts }: { readonly facts: OwnDataFacts }) {
  const { t } = useTranslation('page')
  const say = useErrorWords()
  const { broken, duplicates } = facts
  // Broken files are named with what is wrong with them.
  const leftOut = facts.reading.account.leftOut.filter(({ reason }) => reason !== 'broken')
  return (
    <>
      {broken.count > 0 && (
        <Folded title={t('data.broken', { count: broken.count })}>
          <ul className={classes['problems']}>
            {broken.examples.map((error) => (
              <li key={JSON.stringify(error.params)}>{say('message', error)}</li>
            ))}
            {broken.count > broken.examples.length && (
              <li>{t('data.brokenMore', { count: broken.count - broken.examples.length })}</li>
            )}
          </ul>
        </Folded>
      )}
      {leftOut.map(({ reason, count, examples }) => (
        <Folded key={reason} title={labelled(t(`reading.reasons.${reason}`), String(count))}>
          <ul className={classes['problems']}>
            {examples.map((name, place) => (
              // Files in several folders may have one name.
              <li key={`${place} ${name}`}>{name}</li>
            ))}
            {count > examples.length && (
              <li>{t('data.brokenMore', { count: count - examples.length })}</li>
            )}
          </ul>
        </Folded>
      ))}
      {duplicates.count > 0 && (
        <Text size="xs" c="dimmed">
          {t('data.duplicates', { count: duplicates.count })}
          {duplicates.contradictions > 0 &&
            `; ${t('data.contradictions', { count: duplicates.contradictions })}`}
          .
        </Text>
      )}
    </>
  )
}
