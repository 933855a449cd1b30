import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ReadingChoices, ReadingControl } from '../../../../data/reading/reading'
import { commands } from '../../../commands/page-commands'
import { useReadingWords } from '../../../words/use-reading-words'
import { BackToGuess } from './back-to-guess'
import { ReadingCheckList } from './reading-check-list'
import classes from './reading.module.css'

interface ControlsProps {
  readonly controls: readonly ReadingControl[]
  /** Those that are not read yet; null: the controls are of what is chosen. */
  readonly newer: ReadingChoices | null
}

/** One control for each thing that was guessed. */
export function ReadingControls({ controls, newer }: ControlsProps) {
  const shown = controls.map((control) => {
    const wanted = newer?.[control.id]
    // What is chosen shows at once, before it is read.
    return wanted === undefined ? control : { ...control, value: wanted, guessed: false }
  })
  // Which tables are read comes before how.
  const first = shown.findIndex(({ many }) => !many)
  return (
    <>
      <Lists controls={shown.slice(0, Math.max(0, first))} />
      <div className={classes['controls']}>
        {shown
          .filter(({ many }) => !many)
          .map((control) => (
            <ReadingSelect key={control.id} control={control} />
          ))}
      </div>
      <Lists controls={shown.slice(Math.max(0, first)).filter(({ many }) => many)} />
    </>
  )
}

function Lists({ controls }: Pick<ControlsProps, 'controls'>) {
  if (controls.length === 0) return null
  return (
    <div className={classes['lists']}>
      {controls.map((control) => (
        <ReadingCheckList key={control.id} control={control} />
      ))}
    </div>
  )
}

/** Of options that differ in white space alone a select would make one: it is told their places. */
function ReadingSelect({ control }: { readonly control: ReadingControl }) {
  const { t } = useTranslation('page')
  const { option } = useReadingWords()
  const { id, options, value, guessed } = control
  const place = options.indexOf(value[0] ?? '')
  const isOpen = value.length === 0 || place === -1
  return (
    <div className={classes['control']}>
      <NativeSelect
        size="xs"
        classNames={{ description: classes['mark'] ?? '' }}
        label={t(`reading.controls.${id}`)}
        description={t(guessed ? 'reading.panel.guessed' : 'reading.panel.chosen')}
        value={isOpen ? '' : String(place)}
        onChange={(event) => {
          const chosen = options[Number(event.currentTarget.value)]
          if (chosen !== undefined) void commands.chooseReading(id, [chosen])
        }}
        data={[
          ...(isOpen ? [{ value: '', label: t('reading.panel.choose'), disabled: true }] : []),
          ...options.map((each, index) => ({
            value: String(index),
            label: option(control, each),
          })),
        ]}
      />
      {!guessed && <BackToGuess id={id} />}
    </div>
  )
}
