import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import {
  dataSummary,
  engineInfo,
  modelSummary,
  trainNeed,
  trainStarted,
} from '../../../../testing/studio/test-data'
import { defaultRecipe } from '../../../techniques/recipe'
import { defaultTrainingSettings } from '../../../training/training-settings'
import type { Commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { newRun } from '../../store/train-slice'
import '../../i18n/train-words'
import { layersToLearn } from '../../../training/learning-layers'
import { TrainCard } from './train-card'

const spies = vi.hoisted(() => ({
  startTraining: vi.fn(() => Promise.resolve()),
  changeTrainingSettings: vi.fn(),
  trainingNeed: vi.fn<Commands['trainingNeed']>(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  const state = useStudio.getState()
  state.replaceModel(modelSummary())
  const splits = [
    { name: 'train' as const, count: 320 },
    { name: 'validation' as const, count: 100 },
  ]
  state.setData({ state: 'attached', data: dataSummary({ splits }) })
  vi.clearAllMocks()
})

describe('the memory of a run', () => {
  it('says beside the batch size what memory a run takes and how a batch goes through it', async () => {
    spies.trainingNeed.mockResolvedValue(trainNeed({ piece: 16, statistics: 'pieces' }))
    useStudio.getState().setEngine({ state: 'ready', info: engineInfo })
    renderInProviders(<TrainCard place={5} />)
    await userEvent.click(screen.getByRole('button', { name: 'Training settings' }))
    expect(await screen.findByText(/Takes about .*\d.* of memory, as estimated/)).toBeTruthy()
    expect(screen.getByText(/pieces of at most 16.*statistics from the pieces/)).toBeTruthy()
    const { recipe, trainingSettings: settings } = useStudio.getState()
    expect(spies.trainingNeed).toHaveBeenLastCalledWith({ recipe, settings }, expect.anything())
  })

  it('offers what fits where the settings do not, the optimizer also after a run', async () => {
    const instead = [
      { kind: 'plainSgd' } as const,
      { kind: 'lastLayers', count: 1 } as const,
      { kind: 'fewerFilters', share: 0.65 } as const,
    ]
    spies.trainingNeed.mockResolvedValue(trainNeed({ fits: false, piece: 1, instead }))
    const state = useStudio.getState()
    state.setEngine({ state: 'ready', info: engineInfo })
    renderInProviders(<TrainCard place={5} />)
    await userEvent.click(screen.getByRole('button', { name: 'Training settings' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Use SGD without momentum' }))
    expect(screen.getByText(/removed 65\s% of the filters and neurons/)).toBeTruthy()
    const plain = { ...state.trainingSettings, optimizer: 'sgd', momentum: 0 }
    expect(spies.changeTrainingSettings).toHaveBeenLastCalledWith(plain)
    await userEvent.click(screen.getByRole('button', { name: 'Train the last layer only' }))
    const last = layersToLearn(state.model?.layers ?? []).at(-1)?.name
    expect(spies.changeTrainingSettings).toHaveBeenLastCalledWith({
      ...state.trainingSettings,
      layers: [last],
    })
    act(() => {
      const run = newRun(state.recipe, state.trainingSettings)
      const error = { code: 'train/out-of-memory', params: { bytes: 3e9 } } as const
      state.setTraining({ state: 'failed', run, error, goesOnWith: null })
    })
    const again = screen.getByRole('button', { name: 'Train with SGD without momentum' })
    await userEvent.click(again)
    expect(spies.changeTrainingSettings).toHaveBeenLastCalledWith(plain)
    expect(spies.startTraining).toHaveBeenCalledOnce()
  })

  it('shows while it runs that batches go in pieces, and what of batch normalisation', () => {
    const { setTraining, showTraining } = useStudio.getState()
    const run = newRun(defaultRecipe, defaultTrainingSettings)
    setTraining({ state: 'running', run, phase: 'going', preparing: null })
    showTraining(trainStarted())
    renderInProviders(<TrainCard place={5} />)
    expect(screen.queryByText(/go in pieces/)).toBeNull()
    act(() => {
      showTraining({ type: 'pieceHalved', piece: 8, statistics: 'frozen' })
    })
    expect(
      screen.getByText(/Batches of 32 go in pieces of at most 8.*keeps its statistics/),
    ).toBeTruthy()
    expect(screen.getByText(/8 samples go through the network at once now/)).toBeTruthy()
  })
})
