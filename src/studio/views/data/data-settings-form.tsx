import { NativeSelect, NumberInput, SegmentedControl, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { pictureForm } from '../../../data/input-form'
import { channelsOf, scaleNames, scaleOf, withColor, withScale } from '../../../data/preparation'
import type { Preparation } from '../../../data/preparation'
import { tasks } from '../../../data/task'
import { againGuessed, preparationsOf, withPreparations } from '../../../data/data-settings'
import type { DataSettings } from '../../../data/data-settings'
import type { DataSummary } from '../../../protocol/data-messages'
import { TermText } from '../../../techniques/term-text.ui'
import { commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import classes from './data.module.css'
import { TargetScaleChoice } from './target-scale-choice'

interface FormProps {
  readonly data: DataSummary
}

/** Task and preparation of the attached data; every change measures anew. */
export function DataSettingsForm({ data }: FormProps) {
  const { t } = useTranslation('page')
  const { settings } = data
  const change = (next: Partial<DataSettings>): void => {
    void commands.configureData({ ...settings, ...next })
  }
  return (
    <div className={classes['form']}>
      {data.tasks.length > 1 && (
        <NativeSelect
          size="xs"
          label={t('data.task')}
          value={settings.task}
          onChange={(event) => {
            const task = tasks.find((candidate) => candidate === event.currentTarget.value)
            if (task !== undefined) change({ task })
          }}
          data={data.tasks.map((task) => ({ value: task, label: t(`data.tasks.${task}`) }))}
        />
      )}
      <PreparationForms
        settings={settings}
        onChange={(next) => {
          void commands.configureData(againGuessed(next, data.scaleGuess?.scale))
        }}
      />
      {settings.targetScale !== undefined && settings.task === 'regression' && (
        <TargetScaleChoice
          scale={settings.targetScale}
          guess={data.scaleGuess}
          onChange={(targetScale) => {
            change({ targetScale })
          }}
        />
      )}
    </div>
  )
}

interface FormsProps {
  readonly settings: DataSettings
  readonly onChange: (settings: DataSettings) => void
}

/** How each input is shown pictures; of a model with several each says which one it is of. */
function PreparationForms({ settings, onChange }: FormsProps) {
  const { t } = useTranslation('page')
  const inputs = useStudio((state) => state.model?.inputs)
  const preparations = preparationsOf(settings)
  return preparations.map((preparation, at) => {
    if (preparation === null) return null
    const { name = '', shape = [] } = inputs?.[at] ?? {}
    const form = (
      <PreparationForm
        key={name}
        preparation={preparation}
        shape={shape}
        onChange={(changed) => {
          const next = preparations.map((own, place) => (place === at ? changed : own))
          onChange(withPreparations(settings, next))
        }}
      />
    )
    return preparations.length === 1 ? (
      form
    ) : (
      <fieldset key={name} className={classes['ofInput']}>
        <legend>{t('data.ofInput', { input: name })}</legend>
        {form}
      </fieldset>
    )
  })
}

interface PreparationProps {
  readonly preparation: Preparation
  readonly onChange: (preparation: Preparation) => void
}

interface PreparationFormProps extends PreparationProps {
  /** Of the input. */
  readonly shape: readonly (number | null)[]
}

function PreparationForm({ preparation, shape, onChange }: PreparationFormProps) {
  const { t } = useTranslation('page')
  const form = pictureForm(shape.slice(1))
  const scale = scaleOf(preparation)
  const colors = channelsOf(preparation) === 1 ? (['grey'] as const) : (['rgb', 'bgr'] as const)
  return (
    <>
      <div>
        <Text size="xs" mb={2}>
          <TermText id="preparation" label={t('data.fit')} />
        </Text>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('data.fit')}
          value={preparation.fit}
          onChange={(fit) => {
            onChange({ ...preparation, fit })
          }}
          data={(['stretch', 'crop', 'pad'] as const).map((value) => ({
            value,
            label: t(`data.fits.${value}`),
          }))}
        />
      </div>
      {(form?.height === null || form?.width === null) && (
        <div className={classes['pair']}>
          {(['height', 'width'] as const).map((side) => (
            <SettledNumber
              key={side}
              label={t(`data.${side}`)}
              value={preparation[side]}
              min={1}
              whole
              onSettle={(value) => {
                onChange({ ...preparation, [side]: value })
              }}
            />
          ))}
        </div>
      )}
      {colors.length > 1 && (
        <div>
          <Text size="xs" mb={2}>
            {t('data.color')}
          </Text>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label={t('data.color')}
            value={preparation.color}
            onChange={(color) => {
              onChange(withColor(preparation, color))
            }}
            data={colors.map((value) => ({ value, label: t(`data.colors.${value}`) }))}
          />
        </div>
      )}
      <NativeSelect
        size="xs"
        label={t('data.scale')}
        value={scale ?? 'custom'}
        onChange={(event) => {
          const name = scaleNames.find((candidate) => candidate === event.currentTarget.value)
          // Own numbers begin with something that is no name any more.
          onChange(
            name === undefined
              ? { ...preparation, std: preparation.std.map((value) => value * 1.001) }
              : withScale(preparation, name),
          )
        }}
        data={[...scaleNames, 'custom' as const].map((value) => ({
          value,
          label: t(`data.scales.${value}`),
        }))}
      />
      {scale === null && <MeanAndStd preparation={preparation} onChange={onChange} />}
    </>
  )
}

function MeanAndStd({ preparation, onChange }: PreparationProps) {
  const { t } = useTranslation('page')
  const replaced = (key: 'mean' | 'std', channel: number, value: number): Preparation => ({
    ...preparation,
    [key]: preparation[key].map((old, index) => (index === channel ? value : old)),
  })
  return (
    <div>
      <Text size="xs" mb={2}>
        <TermText id="meanAndStd" />
      </Text>
      {(['mean', 'std'] as const).map((key) => (
        <div key={key} className={classes['pair']}>
          {preparation[key].map((value, channel) => (
            <SettledNumber
              key={`${key} ${channel}`}
              label={t(`data.${key}`, { channel: channel + 1 })}
              value={value}
              onSettle={(next) => {
                if (key === 'mean' || next !== 0) onChange(replaced(key, channel, next))
              }}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

interface SettledNumberProps {
  readonly label: string
  readonly value: number
  readonly min?: number
  readonly whole?: boolean
  readonly onSettle: (value: number) => void
}

/** A number that counts once it has been typed: on Enter or when the field is left. */
function SettledNumber({ label, value, min, whole = false, onSettle }: SettledNumberProps) {
  const settle = (text: string): void => {
    const next = Number(text)
    const fits = text.trim() !== '' && Number.isFinite(next) && (min === undefined || next >= min)
    if (fits && next !== value) onSettle(whole ? Math.round(next) : next)
  }
  return (
    <NumberInput
      key={value}
      size="xs"
      label={label}
      defaultValue={Number(value.toPrecision(6))}
      decimalScale={whole ? 0 : 6}
      hideControls
      {...(min === undefined ? {} : { min })}
      onBlur={(event) => {
        settle(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle(event.currentTarget.value)
      }}
    />
  )
}
