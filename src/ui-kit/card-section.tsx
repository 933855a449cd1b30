import { Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './card-section.module.css'

interface CardSectionProps {
  readonly title: string
  readonly summary: string
  /** Before the title: its number. */
  readonly lead?: ReactNode
  /** Beside the title: a switch. */
  readonly aside?: ReactNode
  /** Drawn as turned off. */
  readonly off?: boolean
  /** One of a list instead of a section of its own. */
  readonly item?: boolean
  readonly children?: ReactNode
}

/** A card: what it is called, a line on what it does, and its controls. */
export function CardSection(props: CardSectionProps) {
  const { title, summary, lead, aside, off = false, item = false, children } = props
  const head = (
    <div className={classes['title']}>
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
      {...(item ? { component: 'li' } : { component: 'section', 'aria-label': title })}
      withBorder
      className={classes['card'] ?? ''}
      data-off={off || undefined}
    >
      {lead === undefined && aside === undefined ? (
        head
      ) : (
        <div className={classes['head']}>
          {lead}
          {head}
          {aside}
        </div>
      )}
      {children !== undefined && <div className={classes['body']}>{children}</div>}
    </Paper>
  )
}
