import { Anchor, Code, Popover, Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './term.module.css'

interface TermProps {
  readonly children: ReactNode
  /** Two lines: what it means. */
  readonly text: string
  readonly formula?: string | undefined
  readonly source?: { readonly label: string; readonly url: string } | undefined
}

/** A word of the field with a dotted underline; opens two lines, the formula and where it is from. */
export function Term({ children, text, formula, source }: TermProps) {
  return (
    <Popover width={320} position="bottom-start" shadow="md" withinPortal>
      <Popover.Target>
        <UnstyledButton
          component="button"
          type="button"
          data-touch
          className={classes['term'] ?? ''}
        >
          {children}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{text}</Text>
        {formula !== undefined && formula !== '' && (
          <Code block mt={6}>
            {formula}
          </Code>
        )}
        {source !== undefined && (
          <Text size="xs" mt={6} c="dimmed">
            {source.url === '' ? (
              source.label
            ) : (
              <Anchor href={source.url} target="_blank" rel="noreferrer" size="xs">
                {source.label}
              </Anchor>
            )}
          </Text>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}
