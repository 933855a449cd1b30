import { Button } from '@mantine/core'
import { IconPin, IconPinFilled } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Recipe } from '../../../techniques/recipe'
import { commands } from '../../commands/page-commands'
import { candidateLetters } from '../../store/candidates-slice'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { useRecipeText } from '../../words/use-recipe-text'

interface PinButtonProps {
  readonly recipe: Recipe
  /** 'Pin' where nothing is said, which is read out with the settings. */
  readonly label?: string
}

/** Holds on to settings, so that they stand beside others in the comparison; pressed once more, lets them go. */
export function PinButton({ label, recipe }: PinButtonProps) {
  const { t } = useTranslation('charts')
  const settings = useRecipeText(useStudio((state) => state.model?.layers))(recipe)
  const key = effectKey(recipe)
  const pinned = useStudio(({ candidates }) => candidates.some((one) => one.key === key))
  const full = useStudio(({ candidates }) => candidates.length >= candidateLetters.length)
  const Icon = pinned ? IconPinFilled : IconPin
  return (
    <Button
      size="compact-sm"
      variant="default"
      fw={400}
      {...(label === undefined ? {} : { fz: 'xs' })}
      leftSection={<Icon size={14} aria-hidden />}
      aria-pressed={pinned}
      aria-label={label === undefined ? t('pin.pinNamed', { settings }) : undefined}
      disabled={full && !pinned}
      title={full && !pinned ? t('pin.full') : undefined}
      onClick={() => {
        void (pinned ? commands.unpinCandidate(key) : commands.pinCandidate(recipe))
      }}
    >
      {label ?? t(pinned ? 'pin.pinned' : 'pin.pin')}
    </Button>
  )
}
