import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { targetScales } from '../../../data/target-scale'
import type { ScaleGuess, TargetScale } from '../../../data/target-scale'
import { formatSignificant } from '../../../ui-kit/format-number'

interface ScaleProps {
  readonly scale: TargetScale
  readonly guess: ScaleGuess | undefined
  readonly onChange: (scale: TargetScale) => void
}

/** What the pictures that a model should make are as numbers: a guess by its outputs, put right here. */
export function TargetScaleChoice({ scale, guess, onChange }: ScaleProps) {
  const { t } = useTranslation('page')
  const said =
    guess === undefined
      ? {}
      : {
          description: t('data.targetScaleGuess', {
            low: formatSignificant(guess.low, 3),
            high: formatSignificant(guess.high, 3),
            scale: t(`data.scales.${guess.scale}`),
          }),
        }
  return (
    <NativeSelect
      size="xs"
      label={t('data.targetScale')}
      {...said}
      value={scale}
      onChange={(event) => {
        const chosen = targetScales.find((candidate) => candidate === event.currentTarget.value)
        if (chosen !== undefined) onChange(chosen)
      }}
      data={targetScales.map((value) => ({ value, label: t(`data.scales.${value}`) }))}
    />
  )
}
