import { act, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import {
  accuracy,
  dataSummary,
  layerReport,
  modelSummary,
  weightsEvent,
} from '../../../testing/studio/test-data'
import { cannotRun } from '../../core/model-summary'
import type { TensorSummary } from '../../core/model-summary'
import type { MeasureEvent } from '../../protocol/measure-messages'
import type { WeightFormulas } from '../../techniques/quantize/weight-formulas'
import { defaultRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { defaultTrainingSettings } from '../../training/training-settings'
import type { Commands } from '../commands/page-commands'
import { showIn } from '../i18n/languages'
import type { Lesson, LessonRow } from '../store/lesson-slice'
import { trialRecipe } from '../store/lesson-steps'
import { useStudio } from '../store/store'
import { newRun } from '../store/train-slice'
import { LessonPanel } from './lesson-panel'

const numbers: WeightFormulas = {
  ...{ tensor: 'dense/kernel', shape: [5, 2], count: 10, index: 7, bits: 3 },
  ...{ isRemoved: false, isClamped: false, x: 0.3, q: 0.25, y: 1 },
  linear: { value: 0.375, error: 0.075, mse: 0.01 },
  mean: { value: 0.32, error: 0.02, mse: 0.004, members: 3 },
}

const spies = vi.hoisted(() => ({
  followLesson: vi.fn(() => Promise.resolve()),
  goToLessonStep: vi.fn(() => Promise.resolve()),
  chooseLessonLayer: vi.fn(() => Promise.resolve()),
  chooseLessonWeight: vi.fn(() => Promise.resolve()),
  useTrial: vi.fn(() => Promise.resolve()),
  cutInLesson: vi.fn(() => Promise.resolve()),
  trainInLesson: vi.fn(() => Promise.resolve()),
  caseInLesson: vi.fn(() => Promise.resolve()),
  stopLessonRun: vi.fn(() => Promise.resolve()),
  endLesson: vi.fn(() => Promise.resolve()),
  formulas: vi.fn(),
  useRecipe: vi.fn(),
  changeStep: vi.fn(),
  dragStep: vi.fn(),
  dragThreshold: vi.fn(),
  changeThreshold: vi.fn(),
  changeCut: vi.fn(() => Promise.resolve()),
  changeCase: vi.fn(),
}))
vi.mock('../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

const tensor = (layerName: string, layerKind: 'dense' | 'convolution'): TensorSummary => ({
  spec: {
    ...{ name: `${layerName}/kernel`, shape: [5, 2], dtype: 'float32', role: 'kernel' },
    ...{ layerName, layerKind, channel: { count: 2, inner: 1 } },
  },
  ...{ elements: 10, storedBytes: 40, storedAs: 'float32', zeros: 0 },
})

/** One dense layer and one convolution. */
function model() {
  const [first] = modelSummary().layers
  if (first === undefined) throw new Error('no layer')
  return modelSummary({
    layers: [
      { ...first, tensors: [tensor('dense', 'dense')] },
      { ...first, name: 'conv', tensors: [tensor('conv', 'convolution')] },
    ],
  })
}

const row = (id: LessonRow['id'], recipe = defaultRecipe, correct = 90): LessonRow => ({
  ...{ id, recipe, size: { zipped: 200, reportBytes: 30 }, measure: accuracy(correct) },
})

const lesson = (change: Partial<Lesson> = {}): Lesson => ({
  ...{ step: 'layer', layer: 'dense', index: 5, cuts: 0, data: 'mnist', rows: [] },
  before: { recipe: defaultRecipe, training: defaultTrainingSettings, share: 0.5 },
  ...change,
})

/** What a technique is set to, among its other settings. */
const set = (config: object): unknown =>
  expect.objectContaining({ config: expect.objectContaining(config) as unknown })

const show = (change: Partial<Lesson> = {}) =>
  renderInProviders(<LessonPanel lesson={lesson(change)} />)
const text = (): string =>
  screen.getByRole('region').textContent.replaceAll('\u00a0', ' ').replaceAll('\u2212', '-')

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(model())
  const splits = (['train', 'validation', 'test'] as const).map((name) => ({ name, count: 100 }))
  useStudio.getState().setData({ state: 'attached', data: dataSummary({ splits }) })
  vi.clearAllMocks()
  spies.formulas.mockResolvedValue(numbers)
})
afterEach(() => showIn('en'))

describe('the panel of the lesson', () => {
  it('begins at its heading, goes on, back, and says when nothing was tried', async () => {
    const { rerender } = show()
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'What is in a layer' }))
    expect(text()).toContain('Lesson, step 1 of 11')
    expect(screen.queryByRole('button', { name: 'Back' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Skip this step' }))
    expect(spies.goToLessonStep).toHaveBeenLastCalledWith('linear')
    rerender(<div />)
    show({ step: 'linear', rows: [row('linear')] })
    // After a reload the focus is left where it is.
    expect(document.activeElement).toBe(document.body)
    await userEvent.click(screen.getByRole('button', { name: 'Next' }))
    expect(spies.goToLessonStep).toHaveBeenLastCalledWith('mean')
    await userEvent.click(screen.getByRole('button', { name: 'Back' }))
    expect(spies.goToLessonStep).toHaveBeenLastCalledWith('layer')
    expect(spies.followLesson).toHaveBeenCalled()
  })

  it('puts the numbers of a weight into the formula, and moves the real slider', async () => {
    useStudio.getState().commitRecipe(trialRecipe('linear', defaultRecipe))
    show({ step: 'linear' })
    expect(await screen.findByText(/^y = floor/)).toHaveProperty(
      'textContent',
      'y = floor(x / q) = floor(0.3000 / 0.2500) = 1',
    )
    expect(text()).toContain('z = y · q + q / 2 = 1 · 0.2500 + 0.2500 / 2 = 0.3750')
    expect(text()).toContain('Weight [3][1] of dense/kernel, one of 10')
    await userEvent.click(screen.getByRole('button', { name: 'Another weight' }))
    expect(spies.chooseLessonWeight).toHaveBeenCalledWith((7 + 7919) % 10)
    screen.getByRole('slider', { name: 'Bits k' }).focus()
    await userEvent.keyboard('{ArrowRight}')
    expect(spies.changeStep).toHaveBeenCalledWith(2, set({ bits: 4 }))
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Layer' }), 'conv')
    expect(spies.chooseLessonLayer).toHaveBeenCalledWith('conv')
  })

  it('says what became of a weight that is removed or beyond the bins', async () => {
    spies.formulas.mockResolvedValue({ ...numbers, isRemoved: true })
    const { unmount } = show({ step: 'mean' })
    expect(await screen.findByText(/Pruning has removed/)).toBeDefined()
    unmount()
    spies.formulas.mockResolvedValue({ ...numbers, isClamped: true, y: -4 })
    show({ step: 'mean' })
    expect(await screen.findByText(/counts for that one: y is .4/)).toBeDefined()
  })

  it('has both schemes side by side', async () => {
    const rows = (['linear', 'mean'] as const).map((id, at) =>
      row(id, trialRecipe(id, defaultRecipe), 90 + 5 * at),
    )
    show({ step: 'mean', rows: [...rows, row('threshold')] })
    await screen.findByText('z = mean of all weights in bin 1 (n = 3) = 0.3200')
    const names = screen.getAllByRole('row').map((one) => one.textContent.replaceAll('\u00a0', ' '))
    expect(names).toEqual([
      ...['Quantizationzz − xMean squared error of the layer', 'Linear0.37500.075000.01000'],
      ...['Mean0.32000.020000.004000', 'SettingsZipAnswers'],
      'Linear quantization3-bit linear400 B → 200 B98.00 % → 90.00 %',
      'Mean quantization3-bit mean400 B → 200 B98.00 % → 95.00 %',
    ])
    await userEvent.click(screen.getByRole('button', { name: 'Try it: Mean quantization' }))
    expect(spies.useTrial).toHaveBeenCalledWith('mean')
  })

  it('shows s and k of the layer, and what pruning leaves alone', async () => {
    const { unmount } = show({ step: 'threshold' })
    expect(text()).toContain('s and k appear once pruning is on')
    const recipe = trialRecipe('threshold', defaultRecipe)
    act(() => {
      useStudio.setState({ recipe, weights: { value: weightsEvent(), recipe } })
    })
    expect(text()).toContain('s = Σ|w| = 3.25')
    expect(text()).toContain('k = number of |w| > t = 5 of 10')
    screen.getByRole('slider', { name: 'Threshold t' }).focus()
    await userEvent.keyboard('{ArrowRight}')
    expect(spies.changeThreshold).toHaveBeenCalledWith(expect.closeTo(0.1025))
    await userEvent.click(screen.getByRole('switch', { name: 'Convolutional layers' }))
    const [changed] = (spies.useRecipe.mock.calls[0] ?? []) as unknown as [Recipe]
    expect(changed.steps).toContainEqual(set({ convolution: false }))
    expect(text()).toContain('Move the slider here')
    const used = screen.getByRole('button', { name: 'Try it: Pruned by threshold' })
    expect(used.getAttribute('aria-pressed')).toBe('true')
    unmount()
    const layers = [layerReport({ pruning: null })]
    useStudio.setState({ weights: { value: weightsEvent({ layers }), recipe } })
    show({ step: 'random' })
    expect(text()).toContain('Pruning leaves this layer as it is now')
  })

  it('trains where that can be done, and stops', async () => {
    const { unmount } = show({ step: 'recover' })
    await userEvent.click(screen.getByRole('button', { name: 'Train for one epoch' }))
    expect(spies.trainInLesson).toHaveBeenCalledWith('recovered')
    const run = newRun(defaultRecipe, defaultTrainingSettings)
    act(() => {
      useStudio.setState({ training: { state: 'running', run, preparing: null, phase: 'going' } })
    })
    expect(text()).toContain('Preparing the run…')
    await userEvent.click(screen.getByRole('button', { name: 'Stop the run' }))
    expect(spies.stopLessonRun).toHaveBeenCalledOnce()
    unmount()
    useStudio.setState({ training: { state: 'idle' }, data: { state: 'none' } })
    show({ step: 'distil' })
    expect(screen.queryByRole('button', { name: /Learn from/ })).toBeNull()
    expect(text()).toContain('accuracy cannot be measured')
  })

  it('removes filters, and goes back to the whole model', async () => {
    const { unmount } = show({ step: 'filters' })
    await userEvent.click(screen.getByRole('button', { name: /^Remove/ }))
    expect(spies.cutInLesson).toHaveBeenCalledOnce()
    act(() => {
      useStudio.getState().setCutFrom({ name: 'whole', parameters: 20 })
    })
    await userEvent.click(screen.getByRole('button', { name: 'Back to the whole model' }))
    expect(spies.useTrial).toHaveBeenCalledWith('original')
    unmount()
    const obstacles = cannotRun({ code: 'open/no-topology', params: { file: 'model.json' } })
    useStudio.getState().replaceModel({ ...model(), obstacles })
    show({ step: 'filters' })
    expect(text()).toContain('This model cannot lose filters.')
    expect(text()).toContain('This model cannot run here')
  })

  it('begins the case study for a target', async () => {
    show({ step: 'caseStudy' })
    await userEvent.click(screen.getByRole('radio', { name: 'Edge' }))
    expect(spies.changeCase).toHaveBeenCalledWith({ purpose: 'edge' })
    await userEvent.click(screen.getByRole('button', { name: 'Prune, then quantize, then distil' }))
    expect(spies.caseInLesson).toHaveBeenCalledOnce()
  })

  it('says what the studio does not do, and shows all that was measured', () => {
    const { unmount } = show({ step: 'devices' })
    expect(text()).toContain('This studio does neither')
    unmount()
    // A run that changed nothing leaves settings without a step, and is still no original.
    const rows = [row('case float', defaultRecipe, 98), row('case cutRecovered')]
    show({ step: 'results', rows: [row('linear'), ...rows] })
    expect(text()).not.toContain('For a target: Original')
    expect(text()).toContain('For a target: Recoveredno compression400 B → 200 B98.00 % → 90.00 %')
    expect(text()).toContain('What you measured · n = 100')
  })

  it('tells outputs by their error where labels are missing, scores by the first, and no more than is known', () => {
    const coarse = trialRecipe('linear', defaultRecipe)
    const scores: MeasureEvent = {
      type: 'scores',
      task: 'regression',
      split: 'validation',
      dataset: 'houses',
      measured: 9,
      total: 9,
      scores: [{ id: 'r2', value: 0.5, original: 0.75 }],
    }
    const agreement: MeasureEvent = {
      type: 'agreement',
      against: 'original',
      data: null,
      meaning: 'classes',
      ...{ measured: 8, total: 8, agreement: 0.9, relativeError: 0.25, klDivergence: null },
      ...{ cosine: null, r2: null, classesReached: 2, classes: 2, informative: true },
    }
    show({
      step: 'results',
      rows: [
        { ...row('linear', coarse), measure: scores },
        { ...row('mean', coarse), measure: agreement },
        { ...row('threshold', coarse), measure: null },
      ],
    })
    const answers = screen.getAllByRole('row').slice(1)
    expect(answers.map((one) => one.lastElementChild?.textContent)).toEqual([
      ...['0.7500 → 0.5000', 'relative error of the outputs 0.250', 'not measured'],
    ])
    // Figures of different samples have no common count.
    expect(text()).not.toContain('n =')
  })

  it('asks what becomes of changed settings, and of none where nothing was changed', async () => {
    const { unmount } = show()
    await userEvent.click(screen.getByRole('button', { name: 'End the lesson' }))
    expect(spies.endLesson).toHaveBeenLastCalledWith('keep')
    unmount()
    useStudio.getState().commitRecipe(recipeWith({ quantize: { bits: 2 } }))
    show({ step: 'results' })
    await userEvent.click(screen.getAllByRole('button', { name: 'End the lesson' })[0] as Element)
    const back = screen.getByRole('button', { name: 'Give my settings back' })
    expect(document.activeElement).toBe(back)
    await userEvent.click(back)
    expect(spies.endLesson).toHaveBeenLastCalledWith('back')
    await userEvent.click(screen.getByRole('button', { name: /^Keep the settings/ }))
    expect(spies.endLesson).toHaveBeenLastCalledWith('keep')
    await userEvent.click(screen.getByRole('button', { name: 'Go on with the lesson' }))
    expect(screen.getByRole('button', { name: 'Back' })).toBeDefined()
  })

  it('says so where a model has nothing to compress, and speaks Chinese', async () => {
    await showIn('zh-CN')
    useStudio.getState().replaceModel(modelSummary())
    const { unmount } = show({ layer: '' })
    expect(text()).toContain('此模型没有可以压缩权重的层')
    expect(screen.queryByRole('combobox')).toBeNull()
    unmount()
    show({ step: 'results', rows: [row('randomLiteral')] })
    expect(text()).toContain('随机去除 k 个')
  })
})
