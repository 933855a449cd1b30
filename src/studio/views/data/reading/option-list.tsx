import { Checkbox, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatCount } from '../../../../ui-kit/format-number'
import classes from './reading.module.css'

/** Longer lists can be searched. */
const FEW = 12
/** A table of pixels has hundreds of columns: those that are chosen, and the first others, are shown. */
const FIRST = 60
const MOST = 200

interface OptionListProps {
  readonly name: string
  readonly options: readonly string[]
  readonly chosen: readonly string[]
  readonly guessed: boolean
  /** Options in words; absent where they are shown as they are. */
  readonly wordOf?: (option: string) => string
  /** Those that are chosen then, in the order of the options. */
  readonly onChoose: (chosen: readonly string[]) => void
  readonly children?: ReactNode
}

/** Any number of options. */
export function OptionList({
  name,
  options,
  chosen: value,
  guessed,
  wordOf = (option) => option,
  onChoose,
  children,
}: OptionListProps) {
  const { t } = useTranslation('page')
  const [wanted, setWanted] = useState('')
  const chosen = new Set(value)
  const matching = options.filter((each) => each.toLowerCase().includes(wanted.toLowerCase()))
  const shown = matching.filter((each, at) => at < FIRST || chosen.has(each)).slice(0, MOST)
  const hidden = matching.length - shown.length
  return (
    <fieldset className={classes['list']}>
      <legend>{name}</legend>
      <Text className={classes['mark'] ?? ''} c="dimmed">
        {t(guessed ? 'reading.panel.guessed' : 'reading.panel.chosen')}
        {' · '}
        {t('reading.panel.countChosen', {
          chosen: formatCount(chosen.size),
          total: formatCount(options.length),
        })}
      </Text>
      {options.length > FEW && (
        <TextInput
          size="xs"
          aria-label={t('reading.panel.findIn', { control: name })}
          placeholder={t('reading.panel.find')}
          value={wanted}
          onChange={(event) => {
            setWanted(event.currentTarget.value)
          }}
        />
      )}
      <div className={classes['options']}>
        {shown.map((each) => (
          <Checkbox
            key={each}
            size="xs"
            classNames={{ labelWrapper: classes['wide'] ?? '' }}
            label={wordOf(each)}
            checked={chosen.has(each)}
            onChange={(event) => {
              const isChosen = event.currentTarget.checked
              onChoose(options.filter((one) => (one === each ? isChosen : chosen.has(one))))
            }}
          />
        ))}
        {hidden > 0 && (
          <Text size="xs" c="dimmed">
            {t('reading.panel.more', { count: hidden })}
          </Text>
        )}
      </div>
      {children}
    </fieldset>
  )
}
