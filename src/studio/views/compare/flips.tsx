import { SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FlipKind } from '../../../protocol/compare-messages'
import type { Recipe } from '../../../techniques/recipe'
import { ErrorText } from '../../words/problem-alert'
import classes from './compare.module.css'
import { FlipGallery } from './flip-gallery'
import { useComparison } from './use-comparison'

const kinds: readonly FlipKind[] = ['lost', 'won', 'otherMistake']

/**
 * The samples that settings change the answer to, kind by kind.
 * @param recipe null: those of the controls
 */
export function Flips({ recipe }: { readonly recipe: Recipe | null }) {
  const { t } = useTranslation('compare')
  const [kind, setKind] = useState<FlipKind>('lost')
  const { comparison, error, isStale } = useComparison(recipe)
  return (
    <section aria-label={t('flips.title')} className={classes['section']}>
      <Text component="h3" className={classes['heading'] ?? ''}>
        {t('flips.title')}
      </Text>
      {error !== null && <ErrorText error={error} />}
      {comparison === null ? (
        error === null && (
          <Text size="sm" c="dimmed">
            {t('flips.loading')}
          </Text>
        )
      ) : (
        <div data-stale={isStale || undefined} className={classes['stale']}>
          <SegmentedControl
            size="xs"
            aria-label={t('flips.title')}
            value={kind}
            onChange={(value) => {
              setKind(kinds.find((one) => one === value) ?? 'lost')
            }}
            data={kinds.map((value) => ({
              value,
              label: t(`flips.kinds.${value}`, { count: comparison.counts[value] }),
            }))}
          />
          <FlipGallery comparison={comparison} kind={kind} />
        </div>
      )}
    </section>
  )
}
