import { useEffect, useRef } from 'react'
import type { SampleInput } from '../../../protocol/data-messages'
import classes from './data.module.css'

/** A sample as the model sees it; nothing where it is no picture. */
export function SampleCanvas({
  picture,
  label,
}: {
  readonly picture: SampleInput['picture']
  readonly label: string
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (picture === null || context === null || context === undefined) return
    const { width, height, rgba } = picture
    context.putImageData(new ImageData(rgba, width, height), 0, 0)
  }, [picture])
  if (picture === null) return null
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      width={picture.width}
      height={picture.height}
      className={classes['picture']}
    />
  )
}
