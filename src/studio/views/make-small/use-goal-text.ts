import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { SearchGoal } from '../../../search/search-goal'
import { formatBytes } from '../../../ui-kit/format-number'

/** What a search is to keep to, in words. */
export function useGoalText(): (goal: SearchGoal) => string {
  const { t } = useTranslation('small')
  return useCallback(
    ({ kind, most }) =>
      kind === 'bytes'
        ? t('goalOf.bytes', { size: formatBytes(most) })
        : t('goalOf.loss', { count: Number((100 * most).toPrecision(4)) }),
    [t],
  )
}
