import classes from './long-name.module.css'

/** Signs of its end that stay. */
const END = 8
/** Shorter ones have room everywhere. */
const SHORT = 12

/**
 * A name on one line. Where it has no room its middle gives way: names of layers begin alike and differ at their ends.
 * Read out it is whole.
 */
export function LongName({ children: name }: { readonly children: string }) {
  const signs = Array.from(name)
  if (signs.length <= SHORT) return <span className={classes['start']}>{name}</span>
  return (
    <span className={classes['whole']}>
      <span className={classes['unseen']}>{name}</span>
      <span className={classes['start']} aria-hidden>
        {signs.slice(0, -END).join('')}
      </span>
      <span className={classes['end']} aria-hidden>
        {signs.slice(-END).join('')}
      </span>
    </span>
  )
}
