import { Paper, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useId } from 'react'
import type { ReactNode } from 'react'
import classes from './card-section.module.css'

interface CardSectionProps {
  readonly title: string
  /** One line: what it does, or what it is set to. */
  readonly summary: string
  /** Before the title: its number. */
  readonly lead?: ReactNode
  /** Beside the title: a switch. */
  readonly aside?: ReactNode
  /** By itself: it stands under no other heading of the page. */
  readonly alone?: boolean
  /** Drawn as turned off. */
  readonly off?: boolean
  /** Where it can be folded to its title and summary. */
  readonly fold?: { readonly open: boolean; readonly onToggle: () => void }
  readonly children?: ReactNode
}

/** A card: what it is called, a line on what it does, and its controls. */
export function CardSection(props: CardSectionProps) {
  const { title, summary, lead, aside, alone = false, off = false, fold, children } = props
  const Heading = alone ? 'h2' : 'h3'
  const id = useId()
  const words = (
    <>
      <Text component="span" fw={600} size="sm" display="block" id={`${id}-title`}>
        {title}
      </Text>
      <Text
        component="span"
        size="xs"
        c="dimmed"
        id={`${id}-summary`}
        className={classes['summary'] ?? ''}
        data-line={fold !== undefined || undefined}
      >
        {summary}
      </Text>
    </>
  )
  return (
    <Paper
      component="section"
      aria-label={title}
      withBorder
      className={classes['card'] ?? ''}
      data-off={off || undefined}
    >
      <div className={classes['head']}>
        {lead}
        <Heading className={classes['title']}>
          {fold === undefined ? (
            words
          ) : (
            <UnstyledButton
              className={classes['toggle'] ?? ''}
              aria-expanded={fold.open}
              aria-controls={id}
              aria-labelledby={`${id}-title`}
              aria-describedby={`${id}-summary`}
              onClick={fold.onToggle}
            >
              <span className={classes['words']}>{words}</span>
              <IconChevronDown
                size={16}
                aria-hidden
                className={classes['arrow'] ?? ''}
                data-open={fold.open || undefined}
              />
            </UnstyledButton>
          )}
        </Heading>
        {aside}
      </div>
      <div id={id}>
        {children !== undefined && (fold?.open ?? true) && (
          <div className={classes['body']}>{children}</div>
        )}
      </div>
    </Paper>
  )
}
