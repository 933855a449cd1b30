import { renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useTouch } from './use-touch'

const frames: FrameRequestCallback[] = []

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback))
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => {
    frames[frame - 1] = () => undefined
  })
})
afterEach(() => {
  frames.length = 0
  vi.unstubAllGlobals()
})

function drawFrame(): void {
  for (const callback of frames.splice(0)) callback(0)
}

function touching() {
  const [onDrag, onSettle] = [vi.fn(), vi.fn()]
  const hook = renderHook(() => useTouch(onDrag, onSettle))
  return { ...hook, onDrag, onSettle }
}

it('a tap that ends before its move is told is settled where it was', () => {
  const { result, onDrag, onSettle } = touching()
  result.current.begins()
  requestAnimationFrame(() => {
    result.current.moves(4)
  })
  result.current.ends(8)
  expect(onSettle).not.toHaveBeenCalled()
  drawFrame()
  expect(onDrag.mock.calls).toEqual([[4]])
  expect(onSettle.mock.calls).toEqual([[4]])
})

it('a touch without a move settles what is there; keys settle at once', () => {
  const { result, onSettle } = touching()
  result.current.begins()
  result.current.ends(8)
  drawFrame()
  result.current.ends(7)
  expect(onSettle.mock.calls).toEqual([[8], [7]])
})

it('a slider that is gone settles nothing', () => {
  const { result, onSettle, unmount } = touching()
  result.current.begins()
  result.current.ends(8)
  unmount()
  drawFrame()
  expect(onSettle).not.toHaveBeenCalled()
})
