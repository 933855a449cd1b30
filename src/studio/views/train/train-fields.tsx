import { NumberInput, SegmentedControl, Select, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useNumberDraft } from '../../../ui-kit/use-number-draft'

interface NumberProps {
  readonly label: string
  readonly description?: string | undefined
  readonly value: number
  readonly min: number
  readonly max: number
  readonly onChange: (value: number) => void
}

/** A whole number. */
export function Whole({ label, description, value, min, max, onChange }: NumberProps) {
  const draft = useNumberDraft(
    value,
    (next) => next >= min && next <= max,
    (next) => {
      onChange(Math.round(next))
    },
  )
  return (
    <NumberInput
      size="xs"
      label={label}
      description={description}
      {...draft}
      min={min}
      max={max}
      allowDecimal={false}
      clampBehavior="blur"
    />
  )
}

/** A number with decimals; the arrows move its first digit. */
export function Real({ label, value, min, max, onChange }: NumberProps) {
  const draft = useNumberDraft(value, (next) => next >= min && next <= max, onChange)
  return (
    <NumberInput
      size="xs"
      label={label}
      {...draft}
      min={min}
      max={max}
      step={value === 0 ? 0.01 : 10 ** Math.floor(Math.log10(value))}
      decimalScale={8}
      clampBehavior="blur"
    />
  )
}

interface ChoiceProps {
  readonly label: string
  readonly description?: string | undefined
  readonly value: string
  readonly data: readonly (string | { readonly value: string; readonly label: string })[]
  readonly onChange: (value: string) => void
}

/** One of several, in a list. */
export function Choice({ label, description, value, data, onChange }: ChoiceProps) {
  return (
    <Select
      size="xs"
      label={label}
      description={description}
      value={value}
      data={[...data]}
      allowDeselect={false}
      onChange={(next) => {
        if (next !== null) onChange(next)
      }}
    />
  )
}

interface SegmentsProps<Value extends string> {
  readonly label: ReactNode
  readonly value: Value
  readonly data: readonly {
    readonly value: Value
    readonly label: string
    readonly disabled?: boolean
  }[]
  readonly onChange: (value: Value) => void
}

/** One of few, side by side. */
export function Segments<Value extends string>({
  label,
  value,
  data,
  onChange,
}: SegmentsProps<Value>) {
  return (
    <div>
      <Text size="xs" fw={500} mb={4}>
        {label}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={typeof label === 'string' ? label : undefined}
        value={value}
        data={[...data]}
        onChange={onChange}
      />
    </div>
  )
}
