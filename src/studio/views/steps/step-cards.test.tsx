import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { layerReport, modelSummary, weightsEvent } from '../../../../testing/studio/test-data'
import { techniqueIds } from '../../../techniques/catalog'
import { defaultRecipe } from '../../../techniques/recipe'
import type { Recipe } from '../../../techniques/recipe'
import '../../i18n/studio-words'
import { languages, showIn } from '../../i18n/languages'
import { useStudio } from '../../store/store'
import { StepCards } from './step-cards'

const spies = vi.hoisted(() => ({
  changeStep: vi.fn<Commands['changeStep']>(),
  dragStep: vi.fn(),
}))
vi.mock('../../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

function set(recipe: Recipe): void {
  act(() => {
    useStudio.getState().commitRecipe(recipe)
  })
}

const head = (name: string): HTMLElement => screen.getByRole('button', { name })
const isOpen = (name: string): boolean => head(name).getAttribute('aria-expanded') === 'true'
const said = (name: string): string => head(name).textContent

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  spies.changeStep.mockImplementation((index, step) => {
    const { recipe } = useStudio.getState()
    set({ ...recipe, steps: recipe.steps.map((one, at) => (at === index ? step : one)) })
  })
})
afterEach(() => showIn('en'))

describe('the cards of the rail', () => {
  it('have one numbering, filters first and training last', async () => {
    renderInProviders(<StepCards />)
    await screen.findByRole('region', { name: 'Train' })
    const cards = screen.getAllByRole('listitem')
    const names = cards.map((card) => within(card).getByRole('heading', { level: 3 }).textContent)
    expect(names.map((name) => /^[A-Z][a-z]+/.exec(name)?.[0])).toEqual([
      ...['Structured', 'Prune', 'Equalize', 'Quantize', 'Correct', 'Train'],
    ])
    expect(cards.map((card) => card.textContent.slice(0, 1))).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
    ])
  })

  it('open with their switch and close with it; several may be open', async () => {
    renderInProviders(<StepCards />)
    expect(isOpen('Prune')).toBe(false)
    await userEvent.click(screen.getByRole('switch', { name: 'Prune' }))
    await userEvent.click(screen.getByRole('switch', { name: 'Quantize' }))
    expect([isOpen('Prune'), isOpen('Quantize')]).toEqual([true, true])
    expect(screen.getByRole('slider', { name: 'Bits' })).toBeTruthy()
    await userEvent.click(screen.getByRole('switch', { name: 'Prune' }))
    expect([isOpen('Prune'), isOpen('Quantize')]).toEqual([false, true])
  })

  it('open by themselves when something else switches their step on', async () => {
    renderInProviders(<StepCards />)
    set(recipeWith({ quantize: { bits: 4 } }))
    expect(await screen.findByRole('slider', { name: 'Bits' })).toBeTruthy()
  })

  it('stay as they were left, by the keyboard as well, and say what they are set to', async () => {
    set(recipeWith({ quantize: { bits: 5, granularity: 'perChannel' } }))
    const { unmount } = renderInProviders(<StepCards />)
    head('Quantize').focus()
    await userEvent.keyboard('{Enter}')
    expect(screen.queryByRole('slider', { name: 'Bits' })).toBeNull()
    expect(said('Quantize')).toBe('Quantize5 bits, affine, per channel')
    unmount()
    renderInProviders(<StepCards />)
    expect(isOpen('Quantize')).toBe(false)
  })

  it('have one bit, not one bits', () => {
    set(recipeWith({ quantize: { bits: 1, range: 'mse' } }))
    renderInProviders(<StepCards />)
    expect(said('Quantize')).toBe('Quantize1 bit, affine, least-error ranges')
  })

  it('say how many weights are zero, which layers are otherwise, and that a step is off', () => {
    const layers = [layerReport({ name: 'a', zeros: 700 }), layerReport({ name: 'b', zeros: 100 })]
    const recipe = recipeWith({ prune: { value: 0.8, overrides: { a: { value: 0.7 } } } })
    useStudio.setState({ weights: { value: weightsEvent({ layers }), recipe } })
    set(recipe)
    renderInProviders(<StepCards />)
    expect(said('Prune')).toBe('Prune80\u00A0%; 1 layer otherwise, 800 weights zero')
    expect(said('Quantize')).toBe('QuantizeOff')
  })

  it('tell what a step would do where it is off', async () => {
    renderInProviders(<StepCards />)
    await userEvent.click(head('Quantize'))
    expect(screen.getByText(/Stores each weight in fewer bits. Off: weights stay/)).toBeTruthy()
  })

  it.each(languages)('have words for all settings in %s', async (language) => {
    await showIn(language)
    const recipes = [
      ...techniqueIds.map((technique) => recipeWith({ [technique]: {} })),
      ...(['sparsity', 'sigma', 'threshold'] as const).flatMap((target) =>
        (['magnitude', 'random'] as const).map((method) =>
          recipeWith({ prune: { target, method } }),
        ),
      ),
      ...(['affine', 'linear', 'mean'] as const).flatMap((scheme) =>
        (['perTensor', 'perChannel', 'perGroup'] as const).flatMap((granularity) =>
          (['auto', 'minMax', 'percentile', 'mse'] as const).map((range) =>
            recipeWith({ quantize: { scheme, granularity, range } }),
          ),
        ),
      ),
    ]
    // Folded: only what they say is of interest.
    for (const technique of techniqueIds) useStudio.getState().openCard(technique, false)
    const { container } = renderInProviders(<StepCards />)
    for (const recipe of [defaultRecipe, ...recipes]) {
      set(recipe)
      for (const technique of techniqueIds) useStudio.getState().openCard(technique, false)
      expect(container.textContent).not.toMatch(/set\.|\{\{/)
    }
  })
})
