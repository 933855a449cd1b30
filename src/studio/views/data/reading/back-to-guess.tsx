import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ControlId } from '../../../../data/reading/reading'
import { commands } from '../../../commands/page-commands'
import classes from './reading.module.css'

/** Takes a choice back. */
export function BackToGuess({ id }: { readonly id: ControlId }) {
  const { t } = useTranslation('page')
  return (
    <Button
      className={classes['back'] ?? ''}
      size="compact-xs"
      variant="subtle"
      aria-label={t('reading.panel.guessOf', { control: t(`reading.controls.${id}`) })}
      onClick={() => {
        void commands.chooseReading(id, null)
      }}
    >
      {t('reading.panel.guess')}
    </Button>
  )
}
