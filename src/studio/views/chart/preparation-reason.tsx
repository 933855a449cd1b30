import { Button, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { picturePreparation, withTried } from '../../../data/data-settings'
import { formatPercent, formatPoints } from '../../../ui-kit/format-number'
import { commands } from '../../commands/page-commands'
import { attachedIn } from '../../store/data-in'
import { useStudio } from '../../store/store'
import { clearlyBest, trialRows } from '../../store/trial-rows'
import classes from './drop-reasons.module.css'

/** An original that gets so few right of people's own pictures may be shown them otherwise than in its training. */
const LOW = 0.8

/** Samples that are prepared otherwise than the model knows them, where the original's own score speaks for it. */
export function PreparationReason() {
  const { t } = useTranslation('charts')
  const data = useStudio((state) => attachedIn(state.data))
  const original = useStudio((state) => state.originalMeasure)
  const trial = useStudio((state) => state.trial)
  if (data === null || data.own === null || picturePreparation(data.settings) === null) return null
  if (original?.type !== 'accuracy' || original.measured === 0) return null
  const rows = trial.state === 'done' ? trialRows(trial.trials, data.settings) : []
  const best = clearlyBest(rows)
  const present = rows.find(({ inUse }) => inUse)
  const share = original.correct / original.measured
  if (best === null && (share >= LOW || trial.state !== 'idle')) return null
  return (
    <li className={classes['remedy']}>
      <Text size="sm" className={classes['name'] ?? ''}>
        {best === null || present === undefined
          ? t('drop.preparation', { share: formatPercent(share, 1) })
          : t('drop.preparationFound', {
              share: formatPercent(best.accuracy, 1),
              points: formatPoints(best.accuracy - present.accuracy),
            })}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        fw={400}
        onClick={() => {
          if (best === null) void commands.tryPreparations()
          else {
            const { order, preparation } = best
            void commands.configureData({
              ...withTried(data.settings, preparation),
              classMap: order.map,
            })
          }
        }}
      >
        {t(best === null ? 'drop.preparations' : 'drop.use')}
      </Button>
    </li>
  )
}
