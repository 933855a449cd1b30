import { Text, UnstyledButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatCount, formatPercent } from '../../../ui-kit/format-number'
import type { Sample } from '../../files/samples'
import classes from './first-visit.module.css'
import { compactCount } from '../../words/compact-number'

interface SampleCardProps {
  readonly sample: Sample
  readonly busy: boolean
  /** Shows other pictures than the card before it. */
  readonly second: boolean
  readonly onOpen: () => void
}

/** A built-in model: a picture of its data, what it is, how large, how accurate. */
export function SampleCard({ sample, busy, second, onOpen }: SampleCardProps) {
  const { t } = useTranslation('page')
  return (
    <UnstyledButton className={classes['card'] ?? ''} onClick={onOpen} disabled={busy}>
      <span
        role="img"
        aria-label={t('samples.picture', { dataset: sample.datasetId })}
        className={classes['picture']}
      >
        <span
          className={classes['strip']}
          data-second={second || undefined}
          style={{ backgroundImage: `url(./samples/${sample.datasetId}.png)` }}
        />
      </span>
      <span className={classes['cardBody']}>
        <Text component="span" fw={600} className={classes['cardTitle'] ?? ''}>
          {sample.name}
        </Text>
        <Text component="span" size="sm" c="dimmed" className={classes['cardText'] ?? ''}>
          {t(`samples.descriptions.${sample.id}`, { defaultValue: sample.description })}
        </Text>
        <span className={classes['cardFacts']}>
          <span>
            <Text component="span" size="xs" c="dimmed">
              {t('samples.size')}
            </Text>
            <Text component="span" fw={600}>
              {formatBytes(sample.bytes)}
            </Text>
            <Text component="span" size="xs" c="dimmed">
              {t('samples.parameters', { count: compactCount(sample.parameters) })}
            </Text>
          </span>
          <span>
            <Text component="span" size="xs" c="dimmed">
              {t('samples.accuracy')}
            </Text>
            <Text component="span" fw={600}>
              {formatPercent(sample.testAccuracy)}
            </Text>
            <Text component="span" size="xs" c="dimmed">
              {t('samples.split', { count: formatCount(sample.testCount) })}
            </Text>
          </span>
        </span>
      </span>
    </UnstyledButton>
  )
}
