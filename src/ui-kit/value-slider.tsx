import { Input, Slider, Text } from '@mantine/core'
import { memo, useId, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { useTouch } from './use-touch'
import classes from './value-slider.module.css'

interface ValueSliderProps {
  /** Accessible name of the thumb; the field beside it is called `<name> value`. */
  readonly name: string
  readonly fieldName: string
  /** What is shown instead of the name, for example a term with its explanation. */
  readonly label?: ReactNode
  readonly value: number
  readonly min: number
  readonly max: number
  /** Of the thumb; the field takes any figure. */
  readonly step?: number
  /** Where the thumb stops instead, at equal distances whatever lies between. */
  readonly stops?: readonly number[]
  readonly unit?: string
  readonly format: (value: number) => string
  readonly disabled?: boolean
  /** Drawn as the control that leads; the linked ones are quieter. */
  readonly leading?: boolean
  readonly marks?: { readonly value: number; readonly label?: string }[]
  readonly onDrag: (value: number) => void
  readonly onSettle: (value: number) => void
}

const steps: Readonly<Record<string, number>> = {
  ArrowRight: 10,
  ArrowUp: 10,
  ArrowLeft: -10,
  ArrowDown: -10,
  PageUp: 10,
  PageDown: -10,
}

/** A slider with its figure as a field beside it; shift or page keys move by ten steps. */
export const ValueSlider = memo(function ValueSlider(props: ValueSliderProps) {
  const { name, value, min, max, step = 1, stops, format, disabled = false, leading = true } = props
  const { onDrag, onSettle } = props
  const [draft, setDraft] = useState<string | null>(null)
  const field = useId()
  const thumb =
    stops === undefined
      ? { at: Math.min(max, Math.max(min, value)), min, max, step }
      : { at: nearestOf(stops, value), min: 0, max: stops.length - 1, step: 1 }
  const valueAt = (at: number): number => stops?.[at] ?? at
  const touch = useTouch(
    (at) => {
      onDrag(valueAt(at))
    },
    (at) => {
      onSettle(valueAt(at))
    },
  )

  function onKeyDown(event: KeyboardEvent) {
    const times = steps[event.key]
    if (disabled || times === undefined) return
    if (!event.shiftKey && !event.key.startsWith('Page')) return
    event.preventDefault()
    event.stopPropagation()
    const moved = Math.round((thumb.at + times * thumb.step) / thumb.step) * thumb.step
    const bounded = Math.min(thumb.max, Math.max(thumb.min, moved))
    onSettle(valueAt(Number(bounded.toPrecision(12))))
  }

  function commit() {
    if (draft === null) return
    const typed = Number(draft.replace(',', '.'))
    setDraft(null)
    if (draft.trim() !== '' && Number.isFinite(typed)) onSettle(Math.min(max, Math.max(min, typed)))
  }

  return (
    <div className={classes['root']} data-quiet={!leading || undefined}>
      <div className={classes['head']}>
        <Text component="div" size="sm" fw={leading ? 600 : 400}>
          {props.label ?? name}
        </Text>
        <div className={classes['field']}>
          <Input
            id={field}
            size="xs"
            aria-label={props.fieldName}
            inputMode="decimal"
            disabled={disabled}
            value={draft ?? format(value)}
            classNames={{ input: classes['input'] ?? '' }}
            onFocus={(event) => {
              setDraft(format(value))
              event.currentTarget.select()
            }}
            onChange={(event) => {
              setDraft(event.currentTarget.value)
            }}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === 'Enter') {
                commit()
                event.currentTarget.blur()
              }
            }}
          />
          <Text component="span" size="sm" c="dimmed" className={classes['unit'] ?? ''}>
            {props.unit ?? ''}
          </Text>
        </div>
      </div>
      <div
        onKeyDownCapture={onKeyDown}
        onMouseDownCapture={touch.begins}
        onTouchStartCapture={touch.begins}
      >
        <Slider
          value={thumb.at}
          min={thumb.min}
          max={thumb.max}
          step={thumb.step}
          label={null}
          size={leading ? 'md' : 'sm'}
          disabled={disabled}
          thumbLabel={name}
          thumbValueText={`${format(value)}${props.unit === undefined ? '' : ` ${props.unit}`}`}
          {...(props.marks === undefined ? {} : { marks: [...props.marks] })}
          onChange={touch.moves}
          onChangeEnd={touch.ends}
          classNames={{ thumb: classes['thumb'] ?? '', markLabel: classes['markLabel'] ?? '' }}
        />
      </div>
    </div>
  )
})

/** The place of the nearest one. */
function nearestOf(stops: readonly number[], value: number): number {
  return stops.reduce(
    (best, stop, at) =>
      Math.abs(stop - value) < Math.abs((stops[best] ?? Infinity) - value) ? at : best,
    0,
  )
}
