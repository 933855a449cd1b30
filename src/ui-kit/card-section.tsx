import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from '../studio/views/steps/step-cards.module.css'

interface CardSectionProps {
  readonly title: string
  readonly summary: string
  /** Beside the title: a switch. */
  readonly aside?: ReactNode
  /** Drawn as turned off. */
  readonly off?: boolean
  readonly children?: ReactNode
}

/** A card below the steps: what it is called, a line on what it does, and its controls. */
export function CardSection({ title, summary, aside, off = false, children }: CardSectionProps) {
  const head = (
    <div className={classes['cardTitle']}>
      <Text component="h3" fw={600} size="sm" m={0}>
        {title}
      </Text>
      <Text size="xs" c="dimmed">
        {summary}
      </Text>
    </div>
  )
  return (
    <Paper
      component="section"
      aria-label={title}
      withBorder
      className={classes['card'] ?? ''}
      data-off={off || undefined}
    >
      {aside === undefined ? (
        head
      ) : (
        <div className={classes['cardHead']}>
          {head}
          {aside}
        </div>
      )}
      {children !== undefined && <div className={classes['body']}>{children}</div>}
    </Paper>
  )
}
