import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { casePresets } from '../../../case-study/case-plan'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import '../../i18n/train-words'
import { defaultRecipe } from '../../../techniques/recipe'
import type { CasePath, CaseStagePoint } from '../../store/case-slice'
import { useStudio } from '../../store/store'
import { accuracy, dataSummary, modelSummary } from '../../../../testing/studio/test-data'
import { CaseChoice } from './case-choice'

const spies = vi.hoisted(() => ({
  startCase: vi.fn(() => Promise.resolve()),
  cancelCase: vi.fn(() => Promise.resolve()),
  changeCase: vi.fn(),
  goToStage: vi.fn(() => Promise.resolve()),
  judgeCase: vi.fn(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const time = { backend: 'wasm', batch: 1, runs: 60, median: 2, p95: 3, first: 9 } as const

const stage = (
  id: CaseStagePoint['id'],
  zipped: number,
  share: number,
  sparsity = 0,
): CaseStagePoint => ({
  id,
  size: { zipped, reportBytes: 100 },
  share,
  sparsity,
  macs: 100,
  memory: 4000,
  measure: accuracy(100 * share),
  recipe: { ...defaultRecipe, seed: zipped },
})

const path = (change: Partial<CasePath> = {}): CasePath => ({
  id: 1,
  settings: { purpose: 'cloud', order: 'pruneFirst', epochs: 2 },
  limits: casePresets.cloud.limits,
  stages: [stage('float', 1000, 0.99), stage('pruned', 500, 0.9, 0.5)],
  status: { state: 'done' },
  latency: { original: time, compressed: { ...time, median: 3 } },
  ...change,
})

const splits = (['train', 'validation'] as const).map((name) => ({ name, count: 100 }))

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  useStudio.getState().setData({ state: 'attached', data: dataSummary({ splits }) })
  vi.clearAllMocks()
})

describe('the case study as a choice', () => {
  it('starts with one button, whose name is the order', async () => {
    renderInProviders(<CaseChoice />)
    await userEvent.click(screen.getByRole('radio', { name: 'Edge' }))
    expect(spies.changeCase).toHaveBeenLastCalledWith({ purpose: 'edge' })
    await userEvent.click(screen.getByRole('button', { name: 'Prune, then quantize, then distil' }))
    expect(spies.startCase).toHaveBeenCalledOnce()
  })

  it('needs data, and says so', () => {
    useStudio.getState().setData({ state: 'none' })
    renderInProviders(<CaseChoice />)
    expect(screen.queryByRole('button', { name: /^Prune, then/ })).toBeNull()
    expect(screen.getByRole('alert').textContent).toMatch(/data/i)
  })

  it('shows its stages, passes and failures, and goes back to a stage', async () => {
    useStudio.getState().setCasePaths([path()])
    renderInProviders(<CaseChoice />)
    const study = screen.getByRole('group', { name: 'Cloud, pruning first' })
    const row = (name: RegExp): string =>
      within(study).getByRole('row', { name }).textContent.replaceAll('\u00a0', ' ')
    expect(row(/^Pruned/)).toMatch(/500 B90.00 %/)
    expect(row(/^Zipped file/)).toBe('Zipped file500 Bof 250 B allowed fail')
    expect(row(/^Multiply-adds/)).toContain('pass')
    expect(row(/^Time of one sample/)).toBe('Time of one sample3.00 msof 2.20 ms allowed fail')
    expect(row(/^Accuracy/)).toBe('Accuracy, points−9.00of −0.50 allowed fail')
    await userEvent.click(screen.getByRole('button', { name: 'Go to the stage: Original' }))
    expect(spies.goToStage).toHaveBeenCalledWith(1, 0)
  })

  it('says what it must keep to, before anything is opened', () => {
    renderInProviders(<CaseChoice />)
    expect(screen.getByText(/^It must keep to/).textContent.replaceAll('\u00a0', ' ')).toMatch(
      /^It must keep to: Zipped file ≤ 12 %; .*Accuracy lost, points ≤ \d.*; Download time ≤ \d+ s over /,
    )
  })

  it('has targets that can be changed, taken away and put back', async () => {
    const { unmount } = renderInProviders(<CaseChoice />)
    await userEvent.click(screen.getByRole('button', { name: 'Change the targets' }))
    const bytes = screen.getByRole('textbox', { name: 'Zipped file, share of the original' })
    expect(bytes).toHaveProperty('value', '12 %')
    await userEvent.clear(bytes)
    const { limits } = casePresets.mobile
    expect(spies.changeCase).toHaveBeenLastCalledWith({
      limits: { mobile: { ...limits, bytes: null } },
    })
    await userEvent.type(bytes, '30')
    expect(spies.changeCase).toHaveBeenLastCalledWith({
      limits: { mobile: { ...limits, bytes: 0.3 } },
    })
    expect(screen.queryByRole('button', { name: 'Targets as they were' })).toBeNull()
    unmount()
    const { caseSettings, setCaseSettings } = useStudio.getState()
    setCaseSettings({ ...caseSettings, limits: { mobile: { ...limits, load: null } } })
    renderInProviders(<CaseChoice />)
    await userEvent.click(screen.getByRole('button', { name: 'Change the targets' }))
    expect(screen.getByRole('textbox', { name: 'Download time' })).toHaveProperty('value', '')
    await userEvent.click(screen.getByRole('button', { name: 'Targets as they were' }))
    expect(spies.changeCase).toHaveBeenLastCalledWith({ limits: {} })
  })

  it('tells its targets first, those of bytes as the time of their download too', () => {
    useStudio.getState().setCasePaths([path()])
    renderInProviders(<CaseChoice />)
    expect(screen.getByText('3 of 6 targets met')).toBeTruthy()
    const rows = screen.getAllByRole('row').map(({ textContent }) => textContent)
    expect(rows[0]).toMatch(/^Zipped file/)
    expect(rows[1]?.replaceAll('\u00a0', ' ')).toMatch(/^Download time0.000200 sof 1.00 s/)
    expect(rows.findIndex((row) => row.startsWith('Original'))).toBe(6)
  })

  it('is judged by the targets it began with, says where they have been changed, and can be judged anew', async () => {
    const { limits } = casePresets.cloud
    useStudio.getState().setCasePaths([path({ limits: { ...limits } })])
    const { unmount } = renderInProviders(<CaseChoice />)
    expect(screen.queryByText(/^Judged by the targets it began with/)).toBeNull()
    unmount()
    const { caseSettings, setCaseSettings } = useStudio.getState()
    const load = { network: '3g', seconds: 9 } as const
    setCaseSettings({ ...caseSettings, limits: { cloud: { ...limits, load } } })
    renderInProviders(<CaseChoice />)
    expect(screen.getByText(/^Judged by the targets it began with/)).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Judge by those set now' }))
    expect(spies.judgeCase).toHaveBeenCalledWith(1)
  })

  it('speaks of files without their reports where these are saved apart', () => {
    const [first, last] = [stage('float', 1000, 0.99), stage('pruned', 320, 0.99, 0.5)]
    useStudio.getState().setCasePaths([path({ stages: [first, last] })])
    const { unmount } = renderInProviders(<CaseChoice />)
    const file = (): string =>
      screen.getByRole('row', { name: /^Zipped file/ }).textContent.replaceAll('\u00a0', ' ')
    expect(file()).toBe('Zipped file320 Bof 250 B allowed fail')
    unmount()
    useStudio.getState().setReportPlace('apart')
    renderInProviders(<CaseChoice />)
    expect(file()).toBe('Zipped file220 Bof 225 B allowed pass')
    expect(screen.getByRole('row', { name: /^Pruned/ }).textContent).toContain('220')
  })

  it('warns where a stage undid earlier work', () => {
    const stages = [stage('pruneRecovered', 500, 0.99, 0.9), stage('quantized', 700, 0.5, 0)]
    useStudio.getState().setCasePaths([path({ stages })])
    renderInProviders(<CaseChoice />)
    const warning = screen.getByText('A stage undid earlier work').closest('[role=alert]')
    expect(warning?.textContent.replaceAll('\u00a0', ' ')).toContain(
      'Quantized: zeros went from 90.0 % to 0.0 %.',
    )
    expect(warning?.textContent.replaceAll('\u00a0', ' ')).toContain(
      'Quantized: the file grew from 500 B to 700 B.',
    )
  })

  it('can be cancelled while it runs, and tells why it failed', async () => {
    useStudio.getState().setCasePaths([path({ status: { state: 'running', stage: 'distilled' } })])
    const { unmount } = renderInProviders(<CaseChoice />)
    expect(screen.getByText('Going on: Distilled')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Go to the stage: Original' })).toHaveProperty(
      'disabled',
      true,
    )
    await userEvent.click(screen.getByRole('button', { name: 'Cancel the rest of the stages' }))
    expect(spies.cancelCase).toHaveBeenCalledOnce()
    unmount()
    const error = { code: 'case/left', params: {} } as const
    useStudio.getState().setCasePaths([path(), path({ id: 2, status: { state: 'failed', error } })])
    renderInProviders(<CaseChoice />)
    expect(screen.getByText('The settings were changed')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Earlier, for a target' })).toBeTruthy()
  })
})
