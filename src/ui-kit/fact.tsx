import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './fact.module.css'

/** A name on the left, its figure on the right. */
export function Fact({
  name,
  children,
}: {
  readonly name: ReactNode
  readonly children: ReactNode
}) {
  return (
    <div className={classes['fact']}>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="xs" className={classes['value'] ?? ''}>
        {children}
      </Text>
    </div>
  )
}

/** The list around facts. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={classes['facts']}>{children}</dl>
}
