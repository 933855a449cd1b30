import { memo, useEffect, useRef } from 'react'
import type { CSSProperties, MouseEvent } from 'react'
import { box } from '../../../layout/drawing'
import { LongName } from '../../../ui-kit/long-name'
import type { Strength } from './graph-values'
import classes from './layer-graph.module.css'

interface GraphNodeProps {
  readonly name: string
  readonly x: number
  readonly y: number
  /** Without what nearly all names begin with. */
  readonly shown: string
  readonly className: string
  /** What it computes is not known. */
  readonly isOpaque: boolean
  /** In words; null where it has none. */
  readonly figure: string | null
  readonly strength: Strength | null
  /** What it is called for the ear. */
  readonly label: string
  readonly chosen: boolean
  /** Tab comes to it. */
  readonly isReached: boolean
  /** It is to have the focus now. */
  readonly takesFocus: boolean
  readonly onReach: (name: string) => void
  readonly onChoose: (name: string, event: MouseEvent) => void
}

/** A layer in the graph: its name, its class and its figure, and a colour for that. */
export const GraphNode = memo(function GraphNode(props: GraphNodeProps) {
  const { name, x, y, shown, className, figure, strength, label, chosen, isReached } = props
  const { isOpaque, takesFocus, onChoose, onReach } = props
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (takesFocus) button.current?.focus({ preventScroll: true })
  }, [takesFocus])
  const style = {
    left: x,
    top: y,
    width: box.width,
    height: box.height,
    '--strength': strength ?? -1,
  } as CSSProperties
  return (
    <button
      ref={button}
      type="button"
      className={classes['node']}
      style={style}
      data-strength={strength ?? 'none'}
      aria-label={label}
      aria-pressed={chosen}
      tabIndex={isReached ? 0 : -1}
      title={name}
      onFocus={() => {
        onReach(name)
      }}
      onClick={(event) => {
        onChoose(name, event)
      }}
    >
      <span className={classes['name']}>
        <LongName>{shown}</LongName>
      </span>
      <span className={classes['facts']}>
        <span className={classes['kind']}>
          {isOpaque && (
            <span className={classes['mark']} aria-hidden>
              ?
            </span>
          )}
          {className}
        </span>
        {figure !== null && <span className={classes['figure']}>{figure}</span>}
      </span>
    </button>
  )
})
