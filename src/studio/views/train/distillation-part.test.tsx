import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import {
  accuracy,
  dataSummary,
  modelSummary,
  teacherSummary,
} from '../../../../testing/studio/test-data'
import { defaultDistillation, defaultTrainingSettings } from '../../../training/training-settings'
import type { OutputNumbers } from '../../commands/outputs-command'
import type { Commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { DistillationPart } from './distillation-part'
import { TrainCard } from './train-card'

const spies = vi.hoisted(() => ({
  trainingNeed: vi.fn(() => Promise.reject(new Error('nobody knows'))),
  changeDistillation: vi.fn(),
  stopDistillation: vi.fn(),
  openTeacherSample: vi.fn(() => Promise.resolve()),
  openTeacher: vi.fn(() => Promise.resolve()),
  giveTeacher: vi.fn(() => Promise.resolve()),
  cancelTeacher: vi.fn(),
  bothOutputs: vi.fn(),
  sampleOfData: vi.fn<Commands['sampleOfData']>(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const splits = [
  { name: 'train' as const, count: 320 },
  { name: 'validation' as const, count: 100 },
]

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  const state = useStudio.getState()
  state.replaceModel(modelSummary())
  state.setData({ state: 'attached', data: dataSummary({ splits }) })
  vi.clearAllMocks()
})

describe('the distillation card', () => {
  const distilling = (change: Partial<typeof defaultDistillation> = {}): void => {
    const state = useStudio.getState()
    const distillation = { ...defaultDistillation, ...change }
    state.setTrainingSettings({ ...defaultTrainingSettings, distillation })
  }

  it('is off until it is turned on', async () => {
    renderInProviders(<DistillationPart />)
    expect(screen.queryByText('Temperature')).toBeNull()
    await userEvent.click(screen.getByRole('switch', { name: 'Knowledge distillation' }))
    expect(spies.changeDistillation).toHaveBeenCalledWith({})
  })

  it('has a teacher, a temperature and an alpha, and can be turned off', async () => {
    distilling()
    renderInProviders(<DistillationPart />)
    expect(
      screen.getByRole('button', { name: 'Teacher: The original model, uncompressed' }),
    ).toBeTruthy()
    const temperature = screen.getByRole('textbox', { name: 'Temperature value' })
    await userEvent.clear(temperature)
    await userEvent.type(temperature, '8{Enter}')
    expect(spies.changeDistillation).toHaveBeenLastCalledWith({ temperature: 8 })
    const alpha = screen.getByRole('textbox', { name: 'Alpha value' })
    await userEvent.clear(alpha)
    await userEvent.type(alpha, '0.5{Enter}')
    expect(spies.changeDistillation).toHaveBeenLastCalledWith({ alpha: 0.5 })
    await userEvent.click(screen.getByRole('switch', { name: 'Knowledge distillation' }))
    expect(spies.stopDistillation).toHaveBeenCalledOnce()
  })

  it('shows what the teacher can do, and warns of one that does worse than its student', () => {
    const teacher = teacherSummary({
      ...{ resize: [32, 32], numbers: { scale: 'signed', by: 'asked' } },
      measure: accuracy(40),
    })
    distilling({ teacher: teacher.id })
    useStudio.getState().setTeacher({ state: 'ready', teacher })
    useStudio.getState().setOriginalMeasure(accuracy(95))
    renderInProviders(<DistillationPart />)
    expect(screen.getByText(/^2.*parameters · Validation: 40\.00.%.*32 × 32$/)).toBeTruthy()
    expect(screen.getByText(/numbers that it asks for itself: −1 to 1/)).toBeTruthy()
    expect(screen.queryByRole('combobox')).toBeNull()
    expect(screen.getByText(/does worse on the validation split.*95\.00/)).toBeTruthy()
  })

  it('asks what each input of a teacher is given where that is guessed, and takes a choice back', async () => {
    const guessed = teacherSummary({
      inputs: [
        { teacher: 'p', student: 'left' },
        { teacher: 'q', student: 'right' },
      ],
      inputsBy: 'guessed',
    })
    distilling({ teacher: guessed.id })
    useStudio.getState().setTeacher({ state: 'ready', teacher: guessed })
    renderInProviders(<DistillationPart />)
    const group = screen.getByRole('group', { name: /this is guessed by their order/ })
    const choice = within(group).getByRole('combobox', { name: 'What q of the teacher is given' })
    expect(choice).toHaveProperty('value', 'right')
    expect(screen.queryByRole('button', { name: 'Back to the guess' })).toBeNull()
    choice.focus()
    await userEvent.selectOptions(choice, 'left')
    expect(spies.giveTeacher).toHaveBeenLastCalledWith(['right', 'left'])
    // Whoever works by keyboard stays where they are, while it is opened and after it.
    const teacher = teacherSummary({
      id: 'f'.repeat(64),
      inputs: [
        { teacher: 'p', student: 'right' },
        { teacher: 'q', student: 'left' },
      ],
      inputsBy: 'chosen',
    })
    const { setTeacher } = useStudio.getState()
    act(() => {
      setTeacher({ state: 'opening', name: 'large', progress: null, before: guessed })
    })
    expect(screen.getByRole('status').textContent).toContain('Opening and measuring large')
    act(() => {
      setTeacher({ state: 'ready', teacher })
      distilling({ teacher: teacher.id })
    })
    expect(document.activeElement).toBe(choice)
    expect(choice).toHaveProperty('value', 'left')
    await userEvent.click(screen.getByRole('button', { name: 'Back to the guess' }))
    expect(spies.giveTeacher).toHaveBeenLastCalledWith(null)
  })

  it('shows what teacher and student think of each class, softened as the slider says', async () => {
    distilling({ temperature: 1 })
    const numbers = (values: number[]): OutputNumbers => ({
      samples: 2,
      classes: 2,
      kind: 'probabilities',
      values: Float32Array.from(values),
    })
    spies.bothOutputs.mockResolvedValue({
      teacher: numbers([0.9, 0.1, 0.2, 0.8]),
      student: numbers([0.5, 0.5, 0.99, 0.01]),
    })
    spies.sampleOfData.mockResolvedValue({
      ...{ index: 0, count: 100, name: '7', label: 'seven' },
      ...{ inputs: [], answers: [] },
    })
    renderInProviders(<DistillationPart />)
    await userEvent.click(screen.getByRole('button', { name: 'Dark knowledge' }))
    const table = within(await screen.findByRole('figure', { name: 'Dark knowledge' }))
    const cells = (): string[] =>
      table.getAllByRole('cell').map(({ textContent }) => textContent.replaceAll('\u00a0', ' '))
    expect(cells()).toEqual(['90.0 %', '50.0 %', '10.0 %', '50.0 %'])
    expect(await table.findByText('Label seven')).toBeTruthy()
    act(() => {
      distilling({ temperature: 2 })
    })
    expect(cells()).toEqual(['75.0 %', '50.0 %', '25.0 %', '50.0 %'])
    await userEvent.click(table.getByRole('button', { name: 'Next picture' }))
    expect(spies.sampleOfData).toHaveBeenLastCalledWith(1)
    expect(cells()[0]).toBe('33.3 %')
  })

  it('says why a model was refused', () => {
    distilling()
    const params = { what: 'outputs', expected: '10', found: '3' }
    const error = { code: 'train/teacher-mismatch' as const, params }
    useStudio.getState().setTeacher({ state: 'refused', error, before: null })
    renderInProviders(<DistillationPart />)
    expect(screen.getByText(/Of the outputs the student has 10, the teacher 3/)).toBeTruthy()
  })

  it('without labels the teacher alone counts, and training is offered', () => {
    distilling()
    const settings = { ...dataSummary().settings, task: 'unlabelled' as const }
    const data = dataSummary({ splits, settings })
    useStudio.getState().setData({ state: 'attached', data })
    renderInProviders(<TrainCard place={5} />)
    expect(screen.queryByText('Alpha, weight of the labels')).toBeNull()
    expect(screen.getByText(/the teacher alone supervises/)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Recover accuracy' })).toBeTruthy()
  })
})
