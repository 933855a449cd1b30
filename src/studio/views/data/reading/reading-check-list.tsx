import { useTranslation } from 'react-i18next'
import type { ReadingControl } from '../../../../data/reading/reading'
import { commands } from '../../../commands/page-commands'
import { useReadingWords } from '../../../words/use-reading-words'
import { BackToGuess } from './back-to-guess'
import { OptionList } from './option-list'

/** A control of which any number of options may be chosen. */
export function ReadingCheckList({ control }: { readonly control: ReadingControl }) {
  const { t } = useTranslation('page')
  const { option } = useReadingWords()
  const { id, options, value, guessed } = control
  return (
    <OptionList
      name={t(`reading.controls.${id}`)}
      options={options}
      chosen={value}
      guessed={guessed}
      wordOf={(each) => option(control, each)}
      onChoose={(chosen) => {
        void commands.chooseReading(id, chosen)
      }}
    >
      {!guessed && <BackToGuess id={id} />}
    </OptionList>
  )
}
