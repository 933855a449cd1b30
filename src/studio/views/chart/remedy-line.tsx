import { Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Remedy } from '../../../search/remedy'
import {
  formatBytes,
  formatCount,
  formatPercent,
  formatPoints,
  formatSignificant,
} from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import type { JudgedRemedy } from '../../store/judged-remedies'
import classes from './drop-reasons.module.css'

interface LineProps {
  readonly judged: JudgedRemedy
  /** Whether gains are shares of samples, not coefficients. */
  readonly inPoints: boolean
}

/** What may be behind a drop, in a sentence, with what it regains and costs as it was measured. */
export function RemedyLine({ judged, inPoints }: LineProps) {
  const { t } = useTranslation('charts')
  const { gain, remedy } = judged
  return (
    <li className={classes['remedy']}>
      <div className={classes['name']}>
        <Text size="sm">
          {t(`drop.remedies.${remedy.id}`, { layer: remedy.facts.layer ?? '' })}
        </Text>
        <Cause remedy={remedy} />
      </div>
      <Text span size="sm" c={gain === null ? 'dimmed' : ''}>
        {gain === null
          ? t('drop.notYet')
          : [
              t(inPoints ? 'drop.gain' : 'drop.gainOther', { points: formatPoints(gain.share) }),
              `${gain.bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(gain.bytes))}`,
            ].join(' · ')}
        {gain?.mayBeChance === true && (
          <Text span size="xs" c="dimmed">
            {` · ${t('drop.chance')}`}
          </Text>
        )}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        fw={400}
        onClick={() => {
          commands.useAnyRecipe(remedy.recipe)
        }}
      >
        {t('drop.use')}
      </Button>
    </li>
  )
}

/** Without what is seen of it a cause is not told. */
function Cause({ remedy: { facts, id } }: Pick<JudgedRemedy, 'remedy'>) {
  const { t } = useTranslation('charts')
  if (!isSeen(id, facts)) return null
  const { all = 0, count = 0, layer = '', share = 0, times = 0 } = facts
  const key = id === 'lessRemoved' && count > 0 ? 'lessRemovedDead' : id
  const words = {
    ...{ layer, share: formatPercent(share, 1), times: formatSignificant(times, 2) },
    ...{ number: formatCount(count), all: formatCount(all) },
  }
  return (
    <Text size="xs" c="dimmed">
      {t(`drop.causes.${key}`, words)}
    </Text>
  )
}

/** Tails and channels that are like those of any layer are no cause. */
function isSeen(id: Remedy['id'], { count = 0, share = 0, times = 0 }: Remedy['facts']): boolean {
  switch (id) {
    case 'leastError':
      return share > 0.2
    case 'ownScales':
      return times > 1.5
    case 'wholeRange':
    case 'unclipped':
      return count > 0
    default:
      return true
  }
}
