import { NativeSelect, NumberInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatSignificant } from '../ui-kit/format-number'
import classes from './exception-fields.module.css'

const FOLLOW = 'follow'
const MIXED = 'mixed'
const onOff = ['on', 'off'] as const

/** Two fields beside each other. */
export function Pair({ children }: { readonly children: ReactNode }) {
  return <div className={classes['pair']}>{children}</div>
}

/** What all have in common; null where they differ. */
function common<Value>(values: readonly (Value | undefined)[]): Value | undefined | null {
  const [first] = values
  return values.every((value) => value === first) ? first : null
}

interface OnOffProps {
  readonly label: string
  readonly values: readonly (boolean | undefined)[]
  readonly onChange: (enabled: boolean | undefined) => void
}

/** Whether layers are treated at all. */
export function OnOff({ label, values, onChange }: OnOffProps) {
  const { t } = useTranslation('techniques')
  return (
    <Choice
      label={label}
      values={values.map((on) => (on === undefined ? on : on ? 'on' : 'off'))}
      follows={null}
      options={onOff.map((value) => ({ value, label: t(`exceptions.${value}`) }))}
      onChange={(value) => {
        onChange(value === undefined ? value : value === 'on')
      }}
    />
  )
}

interface ChoiceProps {
  readonly label: string
  readonly values: readonly (string | undefined)[]
  /** What the step says; null where it need not be told. */
  readonly follows: string | null
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
}

/** One of several, or as the step says. */
export function Choice({ label, values, follows, options, onChange }: ChoiceProps) {
  const { t } = useTranslation('techniques')
  const shared = common(values)
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={shared === null ? MIXED : (shared ?? FOLLOW)}
      onChange={(event) => {
        const { value } = event.currentTarget
        if (value !== MIXED) onChange(value === FOLLOW ? undefined : value)
      }}
      data={[
        ...(shared === null ? [{ value: MIXED, label: t('exceptions.mixed') }] : []),
        {
          value: FOLLOW,
          label:
            follows === null
              ? t('exceptions.follow')
              : t('exceptions.followValue', { value: follows }),
        },
        ...options,
      ]}
    />
  )
}

interface OwnNumberProps {
  readonly label: string
  readonly values: readonly (number | undefined)[]
  readonly follows: number
  /** What a value is shown times: 100 for per cent. */
  readonly scale: number
  readonly max?: number
  readonly step: number
  readonly onChange: (value: number | undefined) => void
}

/** A number of one's own, not negative; empty: as the step says. */
export function OwnNumber(props: OwnNumberProps) {
  const { t } = useTranslation('techniques')
  const { label, values, follows, scale, max, step, onChange } = props
  const shared = common(values)
  const placeholder =
    shared === null
      ? t('exceptions.mixed')
      : t('exceptions.followValue', { value: formatSignificant(follows * scale, 3) })
  return (
    <NumberInput
      size="xs"
      label={label}
      placeholder={placeholder}
      min={0}
      {...(max === undefined ? {} : { max })}
      step={step}
      decimalScale={4}
      hideControls
      value={shared === null || shared === undefined ? '' : shared * scale}
      onChange={(value) => {
        onChange(value === '' ? undefined : Math.max(0, Number(value)) / scale)
      }}
    />
  )
}
