import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { accuracy, weightsEvent } from '../../../../testing/studio/test-data'
import { withConfig } from '../../../techniques/recipe'
import type { Recipe } from '../../../techniques/recipe'
import type { Commands } from '../../commands/page-commands'
import { effectKey } from '../../store/recipe-slice'
import { remediesIn } from '../../store/remedies-in'
import type { TriedPoint } from '../../store/run-slice'
import { useStudio } from '../../store/store'
import { DropReasons } from './drop-reasons'

const { startSweep, useAnyRecipe } = vi.hoisted(() => ({
  startSweep: vi.fn(),
  useAnyRecipe: vi.fn(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: { startSweep, useAnyRecipe } satisfies Partial<Commands>,
}))

const recipe = recipeWith({ quantize: { bits: 2, range: 'minMax' } })
const channels = withConfig(recipe, 'quantize', { granularity: 'perChannel' })
const clipped = withConfig(recipe, 'quantize', { range: 'mse' })

/** Right answers of a hundred. */
function point(settings: Recipe, correct: number, zipped: number): TriedPoint {
  const size = { zipped, reportBytes: 0 }
  return { key: effectKey(settings), recipe: settings, size, measure: accuracy(correct) }
}

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.setState({
    committed: recipe,
    weights: { recipe, value: weightsEvent() },
    originalMeasure: accuracy(98),
    tried: [point(recipe, 60, 4000)],
  })
})

describe('why accuracy fell', () => {
  it('offers settings that may help, and has them measured', async () => {
    renderInProviders(<DropReasons />)
    await userEvent.click(screen.getByRole('button', { name: /^Why it fell by 38\.00 points/ }))
    const { length } = remediesIn(useStudio.getState())
    expect(screen.getAllByText('not measured yet')).toHaveLength(length)
    await userEvent.click(
      screen.getByRole('button', { name: `Measure what helps (${length} settings)` }),
    )
    expect(startSweep).toHaveBeenCalledWith('remedies')
  })

  it('says what each regains and costs, the best first, and uses it', async () => {
    useStudio.setState({
      tried: [point(recipe, 60, 4000), point(channels, 95, 9000), point(clipped, 97, 3900)],
    })
    renderInProviders(<DropReasons />)
    await userEvent.click(screen.getByRole('button', { name: /^Why it fell/ }))
    const [first, second] = screen
      .getAllByRole('listitem')
      .filter((item) => within(item).queryByRole('button') !== null)
    expect(first?.textContent).toMatch(/Ranges of the least error.*\+37\.00 points.*−100\sB/)
    expect(second?.textContent).toMatch(/A scale for each channel.*\+35\.00 points.*\+5\.00\skB/)
    const [use] = screen.getAllByRole('button', { name: 'Use' })
    if (use !== undefined) await userEvent.click(use)
    expect(useAnyRecipe).toHaveBeenCalledWith(clipped)
  })

  it('is not there where nothing fell, nothing was measured, or the weights are of other settings', () => {
    const { container, rerender } = renderInProviders(<DropReasons />)
    expect(container.querySelector('[role=group]')).not.toBeNull()
    for (const state of [
      { originalMeasure: accuracy(60) },
      { originalMeasure: accuracy(98), tried: [] },
      { tried: [point(recipe, 60, 4000)], weights: { recipe: channels, value: weightsEvent() } },
    ]) {
      useStudio.setState(state)
      rerender(<DropReasons />)
      expect(container.querySelector('[role=group]')).toBeNull()
    }
  })
})
