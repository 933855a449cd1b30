import { NativeSelect } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { shapeText } from '../../../../core/shape-text'
import { chosenSources, inputsChoice } from '../../../../data/reading/input-choices'
import type { InputMapping, InputSlot, ReadingChoices } from '../../../../data/reading/reading'
import { commands } from '../../../commands/page-commands'
import { listed } from '../../../words/joining'
import { BackToGuess } from './back-to-guess'
import { OptionList } from './option-list'
import classes from './reading.module.css'
import { ScrolledTable } from './scrolled-table'

/** Of more columns of an input the first and the last are named in its row. */
const MOST = 6
const FIRST = 3

interface MappingProps {
  readonly mapping: InputMapping
  /** What is chosen and not read yet; null: the mapping is of what is chosen. */
  readonly newer: ReadingChoices | null
}

/** What each input of the model is given: an array, or columns of the table. */
export function InputMappingTable({ mapping, newer }: MappingProps) {
  const { t } = useTranslation('page')
  const slots = shownSlots(mapping, newer)
  // A column more would lie behind the edge of a telephone, where nobody sees what is merely guessed.
  const isNarrow = useMediaQuery('(max-width: 640px)', false, { getInitialValueInEffect: false })
  const whyOf = ({ from, how }: InputSlot): string =>
    from.length === 0 ? '—' : t(`reading.mapping.hows.${how}`)
  const isGuessed = slots.every(({ how }) => how !== 'chosen')
  return (
    <div className={classes['mapping']}>
      <ScrolledTable name={t('reading.controls.inputsFrom')}>
        <thead>
          <tr>
            <th scope="col">{t('reading.mapping.input')}</th>
            <th scope="col">{t('reading.mapping.needed')}</th>
            <th scope="col">
              {t(mapping.many ? 'reading.mapping.columns' : 'reading.mapping.array')}
            </th>
            <th scope="col">{t('reading.mapping.found')}</th>
            {!isNarrow && <th scope="col">{t('reading.mapping.how')}</th>}
          </tr>
        </thead>
        <tbody>
          {slots.map((slot, at) => (
            <tr key={slot.input}>
              <th scope="row">{slot.input}</th>
              <td>{shapeText(slot.needed)}</td>
              <td data-names>
                {mapping.many ? (
                  <Columns slot={slot} />
                ) : (
                  <ArraySelect mapping={mapping} slots={slots} at={at} />
                )}
                {isNarrow && <div className={classes['why']}>{whyOf(slot)}</div>}
              </td>
              <td>{slot.found === null ? '—' : shapeText(slot.found)}</td>
              {!isNarrow && <td>{whyOf(slot)}</td>}
            </tr>
          ))}
        </tbody>
      </ScrolledTable>
      {mapping.many && <ColumnLists mapping={mapping} slots={slots} />}
      {!isGuessed && <BackToGuess id="inputsFrom" />}
    </div>
  )
}

/** What is chosen shows at once; what it gives is known once it is read. */
function shownSlots(
  { slots, sources }: InputMapping,
  newer: ReadingChoices | null,
): readonly InputSlot[] {
  if (newer?.inputsFrom === undefined) return slots
  const inputs = slots.map(({ input }) => ({ name: input }))
  const chosen = chosenSources(newer, inputs, sources)
  if (chosen === null) return slots
  return slots.map((slot, at) => ({ ...slot, from: chosen[at] ?? [], found: null, how: 'chosen' }))
}

function Columns({ slot: { from } }: { readonly slot: InputSlot }) {
  const { t } = useTranslation('page')
  if (from.length === 0) return t('reading.mapping.nothing')
  if (from.length <= MOST) return listed(from)
  return listed([...from.slice(0, FIRST), '…', ...from.slice(-1)])
}

interface SlotsProps extends Pick<MappingProps, 'mapping'> {
  readonly slots: readonly InputSlot[]
}

/** An array that another input has is exchanged for its own. */
function ArraySelect({ mapping: { sources }, slots, at }: SlotsProps & { readonly at: number }) {
  const { t } = useTranslation('page')
  const { input = '', from = [] } = slots[at] ?? {}
  const [own = ''] = from
  const choose = (source: string): void => {
    const next = slots.map((slot, place) => {
      if (place === at) return { ...slot, from: [source] }
      return slot.from.includes(source) ? { ...slot, from } : slot
    })
    void commands.chooseReading('inputsFrom', inputsChoice(next))
  }
  return (
    <NativeSelect
      size="xs"
      miw={96}
      aria-label={t('reading.mapping.arrayOf', { input })}
      value={own}
      onChange={(event) => {
        choose(event.currentTarget.value)
      }}
      data={[
        ...(own === '' ? [{ value: '', label: t('reading.panel.choose'), disabled: true }] : []),
        ...sources.map((source) => ({ value: source, label: source })),
      ]}
    />
  )
}

/** The columns of each input; one that is chosen leaves the input that had it. */
function ColumnLists({ mapping: { sources }, slots }: SlotsProps) {
  const { t } = useTranslation('page')
  const choose = (at: number, chosen: readonly string[]): void => {
    const taken = new Set(chosen)
    const next = slots.map((slot, place) => ({
      ...slot,
      from: place === at ? chosen : slot.from.filter((name) => !taken.has(name)),
    }))
    void commands.chooseReading('inputsFrom', inputsChoice(next))
  }
  return (
    <div className={classes['lists']}>
      {slots.map(({ input, from, how }, at) => (
        <OptionList
          key={input}
          name={t('reading.mapping.columnsOf', { input })}
          options={sources}
          chosen={from}
          guessed={how !== 'chosen'}
          onChoose={(chosen) => {
            choose(at, chosen)
          }}
        />
      ))}
    </div>
  )
}
