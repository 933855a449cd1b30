import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { saidWith } from '../../i18n/error-facts'
import { phrasesOf } from '../../i18n/languages'
import { useStudio } from '../../store/store'
import { Notice } from '../../words/notice'

/** Says what the browser could not keep, and why; once for each model, and in nobody's way. */
export function NotKept() {
  const { t, i18n } = useTranslation('page')
  const notKept = useStudio((state) => state.notKept)
  const dismiss = useStudio((state) => state.dismissNotKept)
  if (notKept === null) return null
  const { name, reason, what } = notKept
  return (
    <Notice onClose={dismiss}>
      <Text size="sm">
        {saidWith(phrasesOf(i18n.language), { reason }, (facts) =>
          t(`notKept.${what}`, { name, ...facts }),
        )}
      </Text>
    </Notice>
  )
}
