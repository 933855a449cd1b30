import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import type { Commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { EngineBanner } from './engine-banner'

vi.mock('../../commands/page-commands', () => ({
  commands: { startEngine: vi.fn(), stopCancelled: vi.fn() } satisfies Partial<Commands>,
}))

const error = { code: 'engine/crashed', params: { reason: 'test' } } as const

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('says once that the engine is back, and leaves by itself', () => {
  renderInProviders(<EngineBanner />)
  act(() => {
    useStudio.getState().setBanner({ kind: 'recovered', error })
  })
  expect(screen.getByRole('status').textContent).toContain('Your settings are as they were')
  act(() => {
    vi.advanceTimersByTime(29_000)
  })
  // A second death begins anew.
  act(() => {
    useStudio.getState().setBanner({ kind: 'recovered', error: { ...error } })
  })
  act(() => {
    vi.advanceTimersByTime(29_000)
  })
  expect(screen.getByRole('status')).toBeDefined()
  act(() => {
    vi.advanceTimersByTime(1_001)
  })
  expect(screen.queryByRole('status')).toBeNull()
})

it('stays where the person has something to decide', () => {
  renderInProviders(<EngineBanner />)
  act(() => {
    useStudio.getState().setBanner({ kind: 'gpuGivenUp', lost: 'webgpu', backend: 'wasm' })
  })
  act(() => {
    vi.advanceTimersByTime(60_000)
  })
  expect(screen.getByRole('alert').textContent).toContain('wasm')
})
