import { act, renderHook, waitFor } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { comparison, dataSummary, modelSummary } from '../../../../testing/studio/test-data'
import type { Comparison } from '../../../protocol/compare-messages'
import { defaultRecipe } from '../../../techniques/recipe'
import { deferred } from '../../engine-link/deferred'
import type { Commands } from '../../commands/page-commands'
import { startRecipe } from '../../store/recipe-history'
import { useStudio } from '../../store/store'
import { useComparison } from './use-comparison'

const { compare } = vi.hoisted(() => ({ compare: vi.fn<Commands['compare']>() }))
vi.mock('../../commands/page-commands', () => ({
  commands: { compare } satisfies Partial<Commands>,
}))

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  startRecipe(useStudio, defaultRecipe)
  useStudio.getState().changeData({ state: 'attached', data: dataSummary() })
})

it('what was compared on other data, or under its other settings, is shown no more', async () => {
  const first = comparison()
  const second = comparison({ dataset: 'other' })
  const later = deferred<Comparison>()
  compare.mockResolvedValueOnce(first).mockReturnValueOnce(later.promise)
  const { result } = renderHook(() => useComparison(null))
  await waitFor(() => {
    expect(result.current).toEqual({ comparison: first, error: null, isStale: false })
  })
  const { settings } = dataSummary()
  act(() => {
    const data = dataSummary({ settings: { ...settings, classMap: [1, 0] } })
    useStudio.getState().changeData({ state: 'attached', data })
  })
  expect(result.current.comparison).toBeNull()
  await act(async () => {
    later.resolve(second)
    await later.promise
  })
  expect(result.current).toEqual({ comparison: second, error: null, isStale: false })
})
