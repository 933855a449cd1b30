import type { ReactNode } from 'react'
import classes from './reading.module.css'

interface ScrolledTableProps {
  readonly name: string
  readonly children: ReactNode
}

/** A table that scrolls by itself, by keyboard too. */
export function ScrolledTable({ name, children }: ScrolledTableProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it no key scrolls the table
    <div className={classes['scrolled']} role="region" aria-label={name} tabIndex={0}>
      <table className={classes['table']}>
        <caption>{name}</caption>
        {children}
      </table>
    </div>
  )
}
