import { Button, NumberInput, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatPoints } from '../../../ui-kit/format-number'
import { smallestWithin } from '../../charts/accuracy-axes'
import { triedRows } from '../../charts/chart-data'
import { commands } from '../../commands/page-commands'
import {
  allowedFloor,
  isShareKind,
  measureKind,
  measuredShare,
  shownKind,
} from '../../store/measures'
import { isUntouched } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { useRecipeText } from '../../words/use-recipe-text'
import { PinButton } from '../pin/pin-button'
import classes from './accuracy-answer.module.css'

/** The smallest of all that was tried that loses no more than the person allows, and the way to it. */
export function AccuracyAnswer() {
  const { t } = useTranslation('charts')
  const describe = useRecipeText(useStudio((state) => state.model?.layers))
  const tried = useStudio((state) => state.tried)
  const original = useStudio((state) => state.originalMeasure)
  const recipe = useStudio((state) => state.committed)
  const place = useStudio((state) => state.reportPlace)
  const loss = useStudio((state) => state.look.accuracy.allowedLoss)
  const change = useStudio((state) => state.changeAccuracyLook)
  const kind = shownKind(original, tried)
  const rows = useMemo(
    () =>
      triedRows(
        // What was opened is no answer to how small it can be.
        tried.filter((point) => measureKind(point.measure) === kind && !isUntouched(point.recipe)),
        recipe,
        place,
      ),
    [tried, recipe, place, kind],
  )
  const share = original === null ? null : measuredShare(original)
  const floor = allowedFloor(kind, share, loss)
  if (floor === null || rows.length === 0) return null
  const best = smallestWithin(rows, floor)
  return (
    <div role="group" aria-label={t('answer.label')} className={classes['answer']} data-export="no">
      <label className={classes['asked']}>
        <Text span size="sm">
          {t('answer.within')}
        </Text>
        <NumberInput
          size="xs"
          hideControls
          aria-label={t('answer.allowed')}
          value={loss}
          min={0}
          max={100}
          decimalScale={2}
          clampBehavior="strict"
          allowNegative={false}
          className={classes['loss'] ?? ''}
          onChange={(value) => {
            if (typeof value === 'number') change({ allowedLoss: value })
          }}
        />
        <Text span size="sm">
          {t(isShareKind(kind) ? 'answer.points' : 'answer.hundredths')}
        </Text>
      </label>
      <Text span size="sm" aria-live="polite" className={classes['found'] ?? ''}>
        {best === null ? (
          t('answer.none')
        ) : (
          <>
            <strong>{formatBytes(best.bytes)}</strong>
            {' · '}
            {describe(best.recipe)}
            {' · '}
            {t('answer.change', { points: formatPoints(best.share - (floor + loss / 100)) })}
          </>
        )}
      </Text>
      {best !== null &&
        (best.current ? (
          <Text span size="sm" c="dimmed">
            {t('answer.inUse')}
          </Text>
        ) : (
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              commands.useAnyRecipe(best.recipe)
            }}
          >
            {t('answer.use')}
          </Button>
        ))}
      {best !== null && <PinButton recipe={best.recipe} />}
    </div>
  )
}
