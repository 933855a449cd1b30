import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer, Comparison, Flip, FlipKind } from '../../../protocol/compare-messages'
import { formatCount, formatPercent } from '../../../ui-kit/format-number'
import { SampleCanvas } from '../data/sample-canvas'
import { useOutputName } from '../../words/use-output-name'
import classes from './compare.module.css'

interface FlipGalleryProps {
  readonly comparison: Comparison
  readonly kind: FlipKind
}

/** The first samples of one kind of change: picture, label, both answers with their probabilities. */
export function FlipGallery({ comparison, kind }: FlipGalleryProps) {
  const { t } = useTranslation('compare')
  const { counts, flips, samples } = comparison
  const shown = flips.filter((flip) => flip.kind === kind)
  if (shown.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="xs">
        {t('flips.none', { samples: formatCount(samples) })}
      </Text>
    )
  return (
    <>
      {shown.length < counts[kind] && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('flips.first', { shown: shown.length, count: counts[kind] })}
        </Text>
      )}
      <ul className={classes['gallery']}>
        {shown.map((flip) => (
          <FlipTile key={flip.index} flip={flip} />
        ))}
      </ul>
    </>
  )
}

function FlipTile({ flip }: { readonly flip: Flip }) {
  const { t } = useTranslation('compare')
  const nameOf = useOutputName()
  const { after, before, label, name, picture } = flip
  return (
    <li className={classes['tile']}>
      <SampleCanvas picture={picture} label={t('flips.picture', { name })} />
      <dl className={classes['answers']}>
        <dt>{t('flips.label')}</dt>
        <dd>{nameOf(label)}</dd>
        <dt>{t('flips.original')}</dt>
        <AnswerText answer={before} right={before.output === label} />
        <dt>{t('flips.compressed')}</dt>
        <AnswerText answer={after} right={after.output === label} />
      </dl>
    </li>
  )
}

function AnswerText({ answer, right }: { readonly answer: Answer; readonly right: boolean }) {
  const { t } = useTranslation('compare')
  const nameOf = useOutputName()
  return (
    <dd data-right={right || undefined}>
      {nameOf(answer.output)} ·{' '}
      <span className={classes['share']}>
        {formatPercent(answer.probability, 0)}{' '}
        <span role="img" aria-label={t(right ? 'flips.right' : 'flips.wrong')}>
          {right ? '✓' : '✗'}
        </span>
      </span>
    </dd>
  )
}
