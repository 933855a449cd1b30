import { Text } from '@mantine/core'
import type { FileAccount } from '../../../../data/reading/reading'
import { useReadingWords } from '../../../words/use-reading-words'
import classes from './reading.module.css'
import { bracketed, listed } from '../../../words/joining'

/** What became of every file that was dropped. */
export function ReadingAccount({ account }: { readonly account: FileAccount }) {
  const words = useReadingWords()
  return (
    <div>
      <Text size="sm" fw={600} component="h3">
        {words.account(account)}
      </Text>
      {account.leftOut.length > 0 && (
        <ul className={classes['notes']}>
          {account.leftOut.map(({ reason, count, examples }) => (
            <li key={reason}>
              {bracketed(
                words.leftOut(reason, count),
                listed(count > examples.length ? [...examples, '…'] : examples),
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
