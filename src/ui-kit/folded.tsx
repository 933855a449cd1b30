import { Collapse, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { ReactNode } from 'react'
import classes from './folded.module.css'

/** Rarely needed controls behind one line. */
export function Folded({
  title,
  opened = false,
  children,
}: {
  readonly title: string
  /** Whether it starts open. */
  readonly opened?: boolean
  readonly children: ReactNode
}) {
  const [open, setOpen] = useState(opened)
  const id = useId()
  return (
    <div>
      <UnstyledButton
        className={classes['title'] ?? ''}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => {
          setOpen(!open)
        }}
      >
        <IconChevronRight
          size={14}
          className={classes['arrow'] ?? ''}
          data-open={open || undefined}
        />
        {title}
      </UnstyledButton>
      <div id={id}>
        <Collapse expanded={open}>
          {open && <div className={classes['body']}>{children}</div>}
        </Collapse>
      </div>
    </div>
  )
}
