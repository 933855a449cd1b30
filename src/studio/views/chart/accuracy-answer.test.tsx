import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { accuracy } from '../../../../testing/studio/test-data'
import type { Commands } from '../../commands/page-commands'
import { effectKey } from '../../store/recipe-slice'
import type { TriedPoint } from '../../store/run-slice'
import { useStudio } from '../../store/store'
import { AccuracyAnswer } from './accuracy-answer'

const { useAnyRecipe } = vi.hoisted(() => ({ useAnyRecipe: vi.fn() }))
vi.mock('../../commands/page-commands', () => ({
  commands: { useAnyRecipe } satisfies Partial<Commands>,
}))

/** Right answers of a hundred. */
function point(bits: number, correct: number): TriedPoint {
  const recipe = recipeWith({ quantize: { bits } })
  const size = { zipped: 1000 * bits, reportBytes: 30 }
  return { key: effectKey(recipe), recipe, size, measure: accuracy(correct) }
}

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.setState({
    originalMeasure: accuracy(98),
    tried: [point(8, 98), point(5, 97), point(3, 60)],
  })
})

describe('the answer beside the chart', () => {
  it('is the smallest setting that loses no more than is allowed, and uses it', async () => {
    renderInProviders(<AccuracyAnswer />)
    const answer = screen.getByRole('group')
    expect(answer.textContent).toMatch(/8\.00\skB/)
    const allowed = screen.getByRole('textbox', { name: 'Allowed loss' })
    await userEvent.clear(allowed)
    await userEvent.type(allowed, '1')
    expect(answer.textContent).toMatch(/5\.00\skB.*5-bit.*−1\.00 points/)
    expect(useStudio.getState().look.accuracy.allowedLoss).toBe(1)
    await userEvent.click(screen.getByRole('button', { name: 'Use' }))
    expect(useAnyRecipe).toHaveBeenCalledWith(recipeWith({ quantize: { bits: 5 } }))
  })

  it('says so where nothing is good enough, and which one is in use', () => {
    const current = recipeWith({ quantize: { bits: 8 } })
    useStudio.setState({ committed: current })
    const { unmount } = renderInProviders(<AccuracyAnswer />)
    expect(screen.getByRole('group').textContent).toContain('in use')
    unmount()
    useStudio.setState({ tried: [point(3, 60)] })
    renderInProviders(<AccuracyAnswer />)
    expect(screen.getByRole('group').textContent).toContain('nothing tried so far')
    expect(screen.queryByRole('button')).toBeNull()
  })

  it('is not there where nothing was measured', () => {
    useStudio.setState({ tried: [] })
    renderInProviders(<AccuracyAnswer />)
    expect(screen.queryByRole('group')).toBeNull()
  })
})
