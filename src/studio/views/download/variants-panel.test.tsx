import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { engineInfo, modelSummary } from '../../../../testing/studio/test-data'
import { variantRow, variantsOriginal } from '../../../../testing/studio/variant-rows'
import { defaultRecipe } from '../../../techniques/recipe'
import type { Commands } from '../../commands/page-commands'
import { startRecipe } from '../../store/recipe-history'
import { useStudio } from '../../store/store'
import { DownloadCard } from './download-card'

const spies = vi.hoisted(() => ({
  wantVariants: vi.fn(),
  chooseVariants: vi.fn(),
  makeVariants: vi.fn(() => Promise.resolve()),
  takeVariants: vi.fn(() => Promise.resolve()),
  saveVariants: vi.fn(),
  cancelVariants: vi.fn(),
  chooseTarget: vi.fn(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
  const state = useStudio.getState()
  state.setEngine({ state: 'ready', info: engineInfo })
  const targets = [...modelSummary().targets, { container: 'onnx', precision: 'exact' } as const]
  state.replaceModel(modelSummary({ targets }))
  startRecipe(useStudio, defaultRecipe)
  spies.wantVariants.mockImplementation(state.setWantsVariants)
})

const measured = {
  recipe: defaultRecipe,
  original: variantsOriginal.original,
  rows: [variantRow('q8'), variantRow('q4'), variantRow('bnb4')],
}

it('offers Transformers.js among the formats of a model that can be ONNX, and makes what is chosen', async () => {
  renderInProviders(<DownloadCard />)
  await userEvent.click(screen.getByRole('button', { name: /Stored as/ }))
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Format' }), 'Transformers.js')
  expect(spies.wantVariants).toHaveBeenCalledExactlyOnceWith(true)
  expect(screen.queryByRole('button', { name: /^Download/ })).toBeNull()
  await userEvent.click(screen.getByRole('checkbox', { name: /^uint8/ }))
  expect(spies.chooseVariants).toHaveBeenCalledExactlyOnceWith(['fp16', 'q8', 'uint8', 'q4'])
  await userEvent.click(screen.getByRole('button', { name: 'Write and measure 3 variants' }))
  expect(spies.makeVariants).toHaveBeenCalledOnce()
})

it('says of each variant what it is worth, in words, and takes what is good alone', async () => {
  useStudio.getState().setWantsVariants(true)
  useStudio.getState().setVariants({
    ...{ state: 'done', ...measured, taken: ['q8'], isSaved: false },
    folder: { fileName: 'tiny.zip', bytes: 1200, code: 'load()' },
  })
  renderInProviders(<DownloadCard />)
  const row = (name: string): HTMLElement => {
    const found = screen.getByRole('rowheader', { name }).closest('tbody')
    if (found === null) throw new Error('no rows')
    return found
  }
  expect(row('q8').textContent).toContain('The same answers')
  expect(row('q8').textContent).toMatch(/98\.00\s%.*10\sms.*0\.40\sms/)
  expect(row('q4').textContent).toContain('Worse by more than chance')
  expect(row('bnb4').textContent).toMatch(/Not offered:.*convolutions/)
  expect(within(row('bnb4')).getByRole<HTMLInputElement>('checkbox').disabled).toBe(true)
  await userEvent.click(screen.getByRole('checkbox', { name: 'Put q4 into the folder' }))
  expect(spies.takeVariants).toHaveBeenCalledExactlyOnceWith(['q8', 'q4'])
  await userEvent.click(screen.getByRole('button', { name: /^Save the folder, 1\.20\skB$/ }))
  expect(spies.saveVariants).toHaveBeenCalledOnce()
})

it('tells how far it is, can be cancelled, and offers nothing of other settings', async () => {
  useStudio.getState().setWantsVariants(true)
  useStudio.getState().setVariants({
    ...{ state: 'running', ...measured, rows: [] },
    progress: { type: 'progress', id: 'q4', phase: 'measuring', share: 0.5 },
  })
  renderInProviders(<DownloadCard />)
  expect(screen.getByRole('progressbar', { name: 'Measuring q4' })).toBeDefined()
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(spies.cancelVariants).toHaveBeenCalledOnce()
  act(() => {
    const { setVariants } = useStudio.getState()
    const other = { ...defaultRecipe, seed: 7 }
    const done = { state: 'done', ...measured, recipe: other, taken: [], isSaved: false } as const
    setVariants({ ...done, folder: null })
  })
  expect(screen.getByText(/^The settings are others/)).toBeDefined()
})

it('says why none is ticked, and saves what is ticked all the same', async () => {
  const { setVariants, setWantsVariants } = useStudio.getState()
  const done = { state: 'done', ...measured, folder: null, isSaved: false } as const
  const save = () => screen.getByRole<HTMLButtonElement>('button', { name: /^Save the folder/ })
  setWantsVariants(true)
  setVariants({ ...done, rows: [variantRow('q4'), variantRow('bnb4')], taken: [] })
  renderInProviders(<DownloadCard />)
  expect(
    screen.getByText(/^All of them are worse than the original by more than chance/),
  ).toBeDefined()
  expect(save().disabled).toBe(true)
  await userEvent.click(screen.getByRole('checkbox', { name: 'Put q4 into the folder' }))
  expect(spies.takeVariants).toHaveBeenCalledExactlyOnceWith(['q4'])
  const folder = { fileName: 'tiny.zip', bytes: 1200, code: 'load()' }
  act(() => {
    setVariants({ ...done, rows: [variantRow('q4'), variantRow('bnb4')], taken: ['q4'], folder })
  })
  expect(screen.queryByText(/^All of them are worse/)).toBeNull()
  await userEvent.click(save())
  expect(spies.saveVariants).toHaveBeenCalledOnce()
  act(() => {
    setVariants({ ...done, taken: [] })
  })
  expect(screen.getByText(/^Tick at least one variant/)).toBeDefined()
  act(() => {
    setVariants({ ...done, rows: [variantRow('bnb4')], taken: [] })
  })
  expect(screen.getByText(/^None of these variants can be written/)).toBeDefined()
})
