import { render, screen } from '@testing-library/react'
import { useRef } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import type { Drawing } from '../../../layout/drawing'
import { MARGIN, READABLE, usePane } from './use-pane'

function Pane({ drawing }: { readonly drawing: Drawing }) {
  const pane = useRef<HTMLDivElement>(null)
  const { scale } = usePane(pane, drawing)
  return (
    <div ref={pane} role="application">
      {scale}
    </div>
  )
}

afterEach(() => {
  vi.restoreAllMocks()
})

it.each([
  ['as wide as the pane', 400, 360 / 400],
  ['no larger than it is drawn', 100, 1],
  ['so large that it can be read', 4000, READABLE],
])('a graph opens %s', (_, width, scale) => {
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(360 + 2 * MARGIN)
  const { unmount } = render(<Pane drawing={{ width, height: 900, layers: [], edges: [] }} />)
  expect(Number(screen.getByRole('application').textContent)).toBeCloseTo(scale, 12)
  unmount()
})
