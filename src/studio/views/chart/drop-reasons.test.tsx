import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import {
  accuracy,
  dataSummary,
  layerReport,
  ownFacts,
  weightsEvent,
} from '../../../../testing/studio/test-data'
import type { Preparation } from '../../../data/preparation'
import { withConfig } from '../../../techniques/recipe'
import type { Recipe } from '../../../techniques/recipe'
import type { Commands } from '../../commands/page-commands'
import { effectKey } from '../../store/recipe-slice'
import { remediesIn } from '../../store/remedies-in'
import type { TriedPoint } from '../../store/run-slice'
import { useStudio } from '../../store/store'
import { DropReasons } from './drop-reasons'

const spies = vi.hoisted(() => ({
  startSweep: vi.fn(),
  useAnyRecipe: vi.fn(),
  focusLayers: vi.fn(),
  tryPreparations: vi.fn(() => Promise.resolve()),
  configureData: vi.fn(() => Promise.resolve()),
}))
const { configureData, focusLayers, startSweep, tryPreparations, useAnyRecipe } = spies
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const recipe = recipeWith({ quantize: { bits: 2, range: 'minMax' } })
const channels = withConfig(recipe, 'quantize', { granularity: 'perChannel' })
const clipped = withConfig(recipe, 'quantize', { range: 'mse' })

const plain = (text: string | null | undefined): string => (text ?? '').replaceAll('\u00a0', ' ')

const preparationOf = (fit: string): Preparation => ({ fit }) as unknown as Preparation

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
      .filter((item) => within(item).queryByRole('button', { name: 'Use' }) !== null)
    expect(first?.textContent).toMatch(/Ranges of the least error.*\+37\.00 points.*−100\sB/)
    expect(first?.textContent).not.toContain('may be chance')
    expect(second?.textContent).toMatch(/A scale for each channel.*\+35\.00 points.*\+5\.00\skB/)
    const [use] = screen.getAllByRole('button', { name: 'Use' })
    if (use !== undefined) await userEvent.click(use)
    expect(useAnyRecipe).toHaveBeenCalledWith(clipped)
  })

  it('tells what is seen of a cause, and of what was compressed', async () => {
    const kernels = { channels: 2, dead: 1, pruned: 0, tail: 0.6, spread: 3 }
    const layers = [layerReport({ bits: 2, sqnrDb: 10, clipped: 1, kernels })]
    useStudio.setState({ weights: { recipe, value: weightsEvent({ layers }) } })
    renderInProviders(<DropReasons />)
    await userEvent.click(screen.getByRole('button', { name: /^Why it fell/ }))
    const [line] = screen.getAllByRole('listitem')
    expect(plain(line?.textContent)).toBe(
      'dense: 10.0 % of it is error, 2 bits, 50.0 % zero, 10.0 % clipped, ' +
        '1 of 2 filters or neurons all zeroHistogram',
    )
    expect(plain(document.body.textContent)).toContain(
      'Outliers: in dense, one weight in a thousand takes 60.0 % of the range',
    )
    expect(screen.getByText(/the widest channel reaches 3.0 times as far/)).toBeTruthy()
    expect(screen.getByText('1 of its 2 filters or neurons are rounded to nothing but zeros.'))
    await userEvent.click(screen.getByRole('button', { name: 'Histogram of dense' }))
    expect(focusLayers).toHaveBeenCalledWith(['dense'])
    expect(useStudio.getState().tab).toBe('weights')
  })

  it('folds what does not help, and says what may be chance', async () => {
    useStudio.setState({
      tried: [point(recipe, 60, 4000), point(channels, 61, 9000), point(clipped, 50, 3900)],
    })
    renderInProviders(<DropReasons />)
    await userEvent.click(screen.getByRole('button', { name: /what helps: \+1\.00 at best$/ }))
    expect(screen.getByText(/\+1\.00 points/).textContent).toContain('may be chance')
    expect(screen.queryByText('Ranges of the least error')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'What does not help (1)' }))
    expect(screen.getByText('Ranges of the least error')).toBeTruthy()
  })

  it('says how far it is by itself, and is turned off', async () => {
    useStudio.setState({ remedyTrial: { done: 1, total: 4 } })
    renderInProviders(<DropReasons />)
    await userEvent.click(screen.getByRole('button', { name: /^Why it fell/ }))
    expect(screen.getByText('Trying: 1 of 4 measured')).toBeTruthy()
    await userEvent.click(screen.getByRole('switch', { name: /^Try them while nothing else/ }))
    expect(useStudio.getState().look.triesRemedies).toBe(false)
  })

  it('asks how people’s own samples are prepared where the original itself gets few right', async () => {
    const settings = { task: 'classification', classMap: null } as const
    const preparation = preparationOf('unit')
    const data = dataSummary({ own: ownFacts(), settings: { ...settings, preparation } })
    useStudio.setState({
      data: { state: 'attached', data },
      originalMeasure: accuracy(70),
    })
    renderInProviders(<DropReasons />)
    await userEvent.click(screen.getByRole('button', { name: /^Why it fell/ }))
    await userEvent.click(screen.getByRole('button', { name: 'Search preparations' }))
    expect(tryPreparations).toHaveBeenCalledOnce()
    const order = (correct: number) =>
      ({ id: 'position', map: null, correct, measured: 100 }) as const
    const other = preparationOf('other')
    act(() => {
      useStudio.getState().setTrial({
        state: 'done',
        trials: [
          { preparation, orders: [order(70)], done: 1, total: 2 },
          { preparation: other, orders: [order(95)], done: 2, total: 2 },
        ],
      })
    })
    const found = screen.getByText(/^The original gets 95\.0\s% .*: \+25\.00 points\.$/)
    const line = found.closest('li')
    if (line === null) throw new Error('no line')
    await userEvent.click(within(line).getByRole('button', { name: 'Use' }))
    expect(configureData).toHaveBeenCalledWith({ ...settings, preparation: other })
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
