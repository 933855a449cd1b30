import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { accuracy, dataSummary, modelSummary } from '../../../../testing/studio/test-data'
import { noObstacles } from '../../../core/model-summary'
import type { MeasureEvent } from '../../../protocol/measure-messages'
import { defaultRecipe, withConfig } from '../../../techniques/recipe'
import { defaultTrainingSettings } from '../../../training/training-settings'
import { effectKey } from '../../store/recipe-slice'
import { useStudio } from '../../store/store'
import { newRun } from '../../store/train-slice'
import { MakeSmallCard } from './make-small-card'

const spies = vi.hoisted(() => ({ winBack: vi.fn(() => Promise.resolve()) }))
vi.mock('../../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

const recipe = withConfig(defaultRecipe, 'quantize', { bits: 4 }, true)
const splits = (['train', 'validation', 'test'] as const).map((name) => ({ name, count: 100 }))

/** A search that has ended, and the card of it. */
function ended(measure: MeasureEvent = accuracy(97.5), zipped = 40): void {
  useStudio.getState().setMakeSmall({
    ...{ state: 'done', goal: { kind: 'loss', most: 0.005 }, base: defaultRecipe },
    best: { key: effectKey(recipe), recipe, size: { zipped, reportBytes: 4 }, measure },
    ...{ done: 7, total: 25, trained: 0 },
  })
  renderInProviders(<MakeSmallCard />)
}

const shown = (): string => screen.getByRole('group', { name: 'The search' }).textContent
const button = () => screen.queryByRole('button', { name: 'Win back with training' })

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  useStudio.getState().setData({ state: 'attached', data: dataSummary({ splits }) })
  vi.clearAllMocks()
})

describe('winning back with training', () => {
  it('needs data, and says so as the training card does', () => {
    useStudio.getState().setData({ state: 'none' })
    ended()
    expect(button()).toBeNull()
    expect(shown()).toContain(
      'Win back with trainingTraining needs data with labels. Attach some below the chart.',
    )
  })

  it('is for data without labels as well: the original is the teacher, and outputs are the goal', async () => {
    const data = dataSummary({ splits })
    const unlabelled = { ...data, settings: { ...data.settings, task: 'unlabelled' } } as const
    useStudio.getState().setData({ state: 'attached', data: unlabelled })
    ended({
      ...{ type: 'agreement', against: 'original', measured: 100, total: 100 },
      data: { split: 'validation', dataset: 'own' },
      ...{ agreement: null, relativeError: 0.004, klDivergence: null, meaning: 'numbers' },
      ...{ cosine: null, r2: null, classesReached: 0, classes: 0, informative: false },
    })
    expect(shown().replaceAll('\u00a0', ' ')).toContain('outputs move by 0.40 %')
    expect(shown()).toContain('Chosen on the validation split, n = 100.')
    expect(
      screen.getByText(/^Without labels it is judged by how close its outputs stay/),
    ).toBeTruthy()
    await userEvent.click(button() ?? document.body)
    expect(spies.winBack).toHaveBeenCalledOnce()
  })

  it('is not for a model that cannot be trained, and says why', () => {
    const train = {
      code: 'train/operator',
      params: { operator: 'Mod (rest)', number: 1 },
    } as const
    useStudio.getState().replaceModel(modelSummary({ obstacles: { ...noObstacles, train } }))
    useStudio.getState().setData({ state: 'attached', data: dataSummary({ splits }) })
    ended(accuracy(98), 500)
    // Of a tiny file the report may take more than anything takes away, which is not called smaller.
    expect(shown().replaceAll('\u00a0', ' ')).toContain('400 B → 500 B1.25× larger')
    expect(button()).toBeNull()
    expect(shown()).toMatch(/Win back with trainingThis model cannot be trained\. .*Mod/)
  })

  it('does not begin beside another run, and says so', () => {
    useStudio.getState().setTraining({
      ...{ state: 'running', preparing: null, phase: 'going' },
      run: newRun(recipe, defaultTrainingSettings),
    })
    ended()
    expect(button()).toHaveProperty('disabled', true)
    expect(shown()).toContain('Another training run goes on: this can begin once it has ended.')
  })

  it('leaves a winner from whose weights another search begins, which is said', () => {
    ended()
    expect(screen.queryByText(/begins from the trained weights/)).toBeNull()
    act(() => {
      useStudio.setState({ recipe: { ...recipe, trained: '00000001' } })
    })
    expect(screen.getByText(/^It begins from the trained weights in use/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Look once more' })).toBeTruthy()
  })
})
