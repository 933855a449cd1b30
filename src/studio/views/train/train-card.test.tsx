import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { cannotRun, noObstacles } from '../../../core/model-summary'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import type { ModelSummary } from '../../../core/model-summary'
import { defaultRecipe } from '../../../techniques/recipe'
import { defaultTrainingSettings } from '../../../training/training-settings'
import { useStudio } from '../../store/store'
import { runDataIn } from '../../store/data-in'
import { newRun } from '../../store/train-slice'
import {
  accuracy,
  dataSummary,
  engineInfo,
  modelSummary,
  trainProgress,
  trainStarted,
  trainValidation,
} from '../../../../testing/studio/test-data'
import { TrainCard } from './train-card'
import '../../i18n/train-words'

const spies = vi.hoisted(() => ({
  startTraining: vi.fn(() => Promise.resolve()),
  pauseTraining: vi.fn(),
  resumeTraining: vi.fn(),
  stopTraining: vi.fn(),
  cancelTraining: vi.fn(),
  goOnTraining: vi.fn(() => Promise.resolve()),
  closeTraining: vi.fn(),
  leaveTraining: vi.fn(),
  useEpoch: vi.fn(() => Promise.resolve()),
  changeTrainingSettings: vi.fn(),
  trainingNeed: vi.fn<Commands['trainingNeed']>(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const splits = [
  { name: 'train' as const, count: 320 },
  { name: 'validation' as const, count: 100 },
]

function withModel(change: Partial<ModelSummary> = {}): void {
  const state = useStudio.getState()
  state.replaceModel(modelSummary(change))
  state.setData({ state: 'attached', data: dataSummary({ splits }) })
}

function running(phase: 'going' | 'paused' = 'going'): void {
  const state = useStudio.getState()
  const run = newRun(defaultRecipe, defaultTrainingSettings)
  state.setTraining({ state: 'running', run, phase, preparing: null })
  for (const event of [
    trainStarted({
      kernels: { fast: false, reason: 'threads' },
      offStock: { model: 0.25, teacher: null },
    }),
    trainValidation(defaultRecipe, 0),
    trainProgress({ msLeft: 200_000, sparsity: 0.9 }),
  ])
    state.showTraining(event)
}

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  withModel()
  vi.clearAllMocks()
  spies.trainingNeed.mockRejectedValue(new Error('nobody knows'))
})

describe('the train card', () => {
  it('offers one button, and says what it will do', async () => {
    renderInProviders(<TrainCard place={5} />)
    expect(screen.getByText(/^3 epochs of 320 samples/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Recover accuracy' }))
    expect(spies.startTraining).toHaveBeenCalledOnce()
  })

  it.each([
    [
      'no data',
      () => {
        useStudio.getState().setData({ state: 'none' })
      },
      /needs data with labels/,
      true,
    ],
    [
      'a graph of which nothing is learnt',
      () => {
        withModel({
          obstacles: { ...noObstacles, train: { code: 'train/nothing-learnt', params: {} } },
        })
      },
      /cannot be trained\..*no weights that training changes/,
      false,
    ],
    [
      'a model that cannot run',
      () => {
        withModel({
          obstacles: cannotRun({
            code: 'open/build-failed',
            params: { file: 'm.json', reason: 'x' },
          }),
        })
      },
      /cannot be trained\..*could not be set up/,
      false,
    ],
    [
      'no training split',
      () => {
        useStudio.getState().setData({ state: 'attached', data: dataSummary({ splits: [] }) })
      },
      /too few/,
      true,
    ],
  ] as const)('with %s gives the reason in place of the button', (_name, prepare, reason, able) => {
    prepare()
    renderInProviders(<TrainCard place={5} />)
    expect(screen.queryByRole('button', { name: 'Recover accuracy' })).toBeNull()
    expect(screen.getByText(reason)).toBeTruthy()
    // Nothing is offered that the model can never do.
    const offered = [
      screen.queryByRole('switch', { name: 'Knowledge distillation' }),
      screen.queryByRole('button', { name: 'Training settings' }),
    ]
    expect(offered.map((one) => one !== null)).toEqual([able, able])
    expect(screen.queryByText('Not for this model') === null).toBe(able)
  })

  it('shows a run with its time left, its notes and its buttons', async () => {
    running()
    renderInProviders(<TrainCard place={5} />)
    const run = within(screen.getByRole('group', { name: 'Run' }))
    expect(run.getByText('Epoch 1 of 3')).toBeTruthy()
    expect(run.getByText(/3\smin 20\ss left/)).toBeTruthy()
    expect(run.getByText(/^90\.00.%.*before the first step$/)).toBeTruthy()
    expect(run.getByText(/fast training kernels cannot be used here \(threads\)/)).toBeTruthy()
    expect(run.getByText(/off by 0\.25 of the largest number\): some of its/)).toBeTruthy()
    await userEvent.click(run.getByRole('button', { name: 'Pause' }))
    await userEvent.click(run.getByRole('button', { name: 'Stop' }))
    await userEvent.click(run.getByRole('button', { name: 'Cancel' }))
    expect(spies.pauseTraining).toHaveBeenCalledOnce()
    expect(spies.stopTraining).toHaveBeenCalledOnce()
    expect(spies.cancelTraining).toHaveBeenCalledOnce()
  })

  it.each([
    ['worker', null, 'Preparing the run: starting its worker', '0'],
    ['data', { phase: 'reading', done: 1, total: 4 }, 'Preparing the run: reading the data', '25'],
    ['run', null, 'Preparing the first step', '0'],
  ] as const)('says what is prepared: %s', (step, progress, title, value) => {
    running()
    useStudio.getState().prepareTraining({ step, progress })
    renderInProviders(<TrainCard place={5} />)
    expect(screen.getByText(title)).toBeTruthy()
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe(value)
    expect(screen.getByRole('button', { name: 'Pause' }).hasAttribute('disabled')).toBe(true)
    expect(screen.getByRole('button', { name: 'Cancel' }).hasAttribute('disabled')).toBe(false)
  })

  it('says on what a run goes on that could not stay with the engine of the page', () => {
    running()
    const state = useStudio.getState()
    state.setEngine({ state: 'ready', info: { ...engineInfo, backend: 'webgpu' } })
    state.setTrainingBackend('webgpu')
    renderInProviders(<TrainCard place={5} />)
    expect(screen.queryByText('Runs on')).toBeNull()
    act(() => {
      state.setTrainingBackend('wasm')
    })
    expect(screen.getByText('Runs on').parentElement?.textContent).toContain('WebAssembly')
  })

  it('offers to go on where a run has lost its worker, and only there', async () => {
    const state = useStudio.getState()
    const run = newRun(defaultRecipe, defaultTrainingSettings)
    const failed = {
      state: 'failed',
      run,
      error: { code: 'train/worker-stopped', params: { reason: 'crashed' } },
    } as const
    state.setTraining({ ...failed, goesOnWith: null })
    renderInProviders(<TrainCard place={5} />)
    expect(screen.getByText(/ended unexpectedly: crashed/)).toBeTruthy()
    expect(screen.getAllByRole('alert')).toHaveLength(1)
    expect(screen.queryByRole('button', { name: 'Go on from the last checkpoint' })).toBeNull()
    act(() => {
      state.setTraining({ ...failed, goesOnWith: { key: 'of other data', name: 'own pets' } })
    })
    expect(screen.queryByRole('button', { name: 'Go on from the last checkpoint' })).toBeNull()
    expect(screen.getByText(/once own pets is attached/)).toBeTruthy()
    act(() => {
      state.setTraining({ ...failed, goesOnWith: runDataIn(useStudio.getState().data) })
    })
    await userEvent.click(screen.getByRole('button', { name: 'Go on from the last checkpoint' }))
    expect(spies.goOnTraining).toHaveBeenCalledOnce()
  })

  it('says once what happened to it several times', () => {
    const run = newRun(defaultRecipe, defaultTrainingSettings)
    const notes = [0, 1, 2].map((epoch) => ({ kind: 'takenUp', epoch }) as const)
    useStudio.getState().setTraining({
      state: 'failed',
      run: { ...run, notes: [...notes, { kind: 'settingsBack' }] },
      error: { code: 'train/worker-stopped', params: { reason: 'crashed' } },
      goesOnWith: null,
    })
    renderInProviders(<TrainCard place={5} />)
    expect(screen.getAllByText(/The worker of the run stopped/)).toHaveLength(1)
    expect(screen.getByText(/stopped 3 times/)).toBeTruthy()
    expect(screen.getByText(/Undo brings back what you changed/)).toBeTruthy()
  })

  it('says of a run without a better epoch what its weights are', () => {
    const state = useStudio.getState()
    const start = trainValidation(defaultRecipe, 0)
    const end = (recipe: typeof defaultRecipe): void => {
      const run = newRun(defaultRecipe, defaultTrainingSettings)
      const facts = trainStarted({ statistics: 'batch' })
      const epochs = [{ ...start, size: { zipped: 1, reportBytes: 0 }, recipe }]
      const shown = { ...run, facts, epochs }
      const { measure } = start
      state.setTraining({ state: 'done', run: shown, end: 'stopped', epoch: 0, measure, recipe })
      state.commitRecipe(recipe)
    }
    end(defaultRecipe)
    renderInProviders(<TrainCard place={5} />)
    expect(screen.getByText(/those are in use/)).toBeTruthy()
    act(() => {
      end(start.recipe)
    })
    expect(screen.getByText(/statistics of batch normalisation taken anew/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Use what was trained' })).toBeNull()
  })

  it('says that other settings stay in use, and offers the trained ones', async () => {
    const made = trainValidation(defaultRecipe, 2).recipe
    useStudio.getState().setTraining({
      ...{ state: 'done', run: newRun(defaultRecipe, defaultTrainingSettings), end: 'finished' },
      ...{ epoch: 2, measure: accuracy(92), recipe: made },
    })
    useStudio.getState().commitRecipe({ ...defaultRecipe, seed: 7 })
    renderInProviders(<TrainCard place={5} />)
    expect(
      screen.getByText(
        /Epoch 2 was the best\. Other weights are in use: what you set last stays\.$/,
      ),
    ).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Use what was trained' }))
    expect(spies.useEpoch).toHaveBeenLastCalledWith(made)
  })

  it('a paused run can be resumed', async () => {
    running('paused')
    renderInProviders(<TrainCard place={5} />)
    await userEvent.click(screen.getByRole('button', { name: 'Resume' }))
    expect(spies.resumeTraining).toHaveBeenCalledOnce()
  })

  it('offers every epoch of a finished run, and says what is only simulated', async () => {
    running()
    const state = useStudio.getState()
    const simulated = { bits: 4, correct: 80, measured: 100 }
    state.showTraining({ ...trainValidation(defaultRecipe, 1), simulated })
    const { training } = useStudio.getState()
    if (training.state !== 'running') throw new Error(training.state)
    state.setTraining({
      state: 'done',
      run: training.run,
      end: 'finished',
      epoch: 1,
      measure: accuracy(91),
      recipe: { ...defaultRecipe, trained: '00000001' },
    })
    state.commitRecipe({ ...defaultRecipe, trained: '00000001' })
    renderInProviders(<TrainCard place={5} />)
    expect(
      screen.getByText('All epochs are done. Epoch 1 was the best and is in use.'),
    ).toBeTruthy()
    expect(
      screen.getByText(/4-bit activations: 80\.00.%.*nothing of this is in the file/),
    ).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Epochs' }))
    await userEvent.click(screen.getByRole('button', { name: 'Use the weights of epoch 0' }))
    expect(spies.useEpoch).toHaveBeenLastCalledWith({ ...defaultRecipe, trained: '00000000' })
    await userEvent.click(screen.getByRole('button', { name: "Back to the file's own weights" }))
    expect(spies.leaveTraining).toHaveBeenCalledOnce()
  })

  it('changes settings, and leaves out what the model and the steps do not have', async () => {
    renderInProviders(<TrainCard place={5} />)
    await userEvent.click(screen.getByRole('button', { name: 'Training settings' }))
    expect(screen.queryByText('Measure statistics anew, first and after every epoch')).toBeNull()
    expect(screen.queryByText('Pruning schedule')).toBeNull()
    act(() => {
      withModel({ normalizes: true })
    })
    expect(screen.getByText('Measure statistics anew, first and after every epoch')).toBeTruthy()
    await userEvent.click(screen.getByRole('radio', { name: 'SGD' }))
    expect(spies.changeTrainingSettings).toHaveBeenLastCalledWith({
      ...defaultTrainingSettings,
      optimizer: 'sgd',
    })
    await userEvent.click(screen.getByRole('switch', { name: /^Mirror pictures/ }))
    expect(spies.changeTrainingSettings).toHaveBeenLastCalledWith({
      ...defaultTrainingSettings,
      flip: true,
    })
  })
})
