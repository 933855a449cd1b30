import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { StudioError } from '../../../core/errors'
import type { Sample } from '../../files/samples'
import { formatBytes, formatPercent } from '../../../ui-kit/format-number'
import shown from '../../files/shown-result.json'
import { useStudio } from '../../store/store'
import { FirstVisit } from './first-visit'

const { openSample, fetchSamples, listKept, startTour } = vi.hoisted(() => ({
  startTour: vi.fn(() => Promise.resolve()),
  openSample: vi.fn(() => Promise.resolve()),
  listKept: vi.fn(() => Promise.resolve([])),
  fetchSamples: vi.fn<() => Promise<readonly Sample[]>>(),
}))
vi.mock('../../commands/page-commands', () => ({
  commands: { openSample, listKept, startTour } satisfies Partial<Commands>,
}))
vi.mock('../../files/samples', () => ({ fetchSamples }))

const sample: Sample = {
  id: 'tiny',
  name: 'Tiny',
  description: 'Ten weights.',
  datasetId: 'mnist',
  role: 'model',
  parameters: 10,
  bytes: 40,
  files: [],
  testAccuracy: 0.987,
  testCount: 10_000,
}

const pickers = { openFiles: vi.fn(), openFolder: vi.fn() }

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
})

describe('the first screen', () => {
  it('offers the samples with their accuracy, and opens one', async () => {
    fetchSamples.mockResolvedValue([sample])
    renderInProviders(<FirstVisit pickers={pickers} />)
    const card = await screen.findByRole('button', { name: /Tiny/ })
    expect(card.textContent).toMatch(/98\.7/)
    await userEvent.click(card)
    expect(openSample).toHaveBeenCalledWith(sample)
  })

  it('says what comes out of the sample of the tour, and goes there', async () => {
    const lenet = { ...sample, id: 'lenet-5', name: 'LeNet-5' }
    fetchSamples.mockResolvedValue([sample, lenet])
    renderInProviders(<FirstVisit pickers={pickers} />)
    const result = screen.getByRole('region', { name: 'What comes out' })
    const { after, before, images } = shown
    expect(result.textContent).toContain(formatBytes(before.bytes))
    expect(result.textContent).toContain(formatBytes(after.bytes))
    expect(result.textContent).toContain(formatPercent(after.correct / images))
    expect(result.textContent).toContain('LeNet-5, 16× smaller')
    await screen.findByRole('button', { name: /Tiny/ })
    await userEvent.click(screen.getByRole('button', { name: /^Show me around/ }))
    expect(startTour).toHaveBeenCalledWith(lenet)
  })

  it('opens the dialogs for files and folders', async () => {
    fetchSamples.mockResolvedValue([])
    renderInProviders(<FirstVisit pickers={pickers} />)
    await userEvent.click(screen.getByRole('button', { name: 'Choose files' }))
    await userEvent.click(screen.getByRole('button', { name: 'Choose a folder' }))
    expect(pickers.openFiles).toHaveBeenCalledOnce()
    expect(pickers.openFolder).toHaveBeenCalledOnce()
  })

  it('says so when the samples cannot be listed', async () => {
    const params = { dataset: 'samples', file: 'samples.json', reason: '404' }
    fetchSamples.mockRejectedValue(new StudioError('data/not-loaded', params))
    renderInProviders(<FirstVisit pickers={pickers} />)
    expect((await screen.findByRole('alert')).textContent).toContain('404')
  })

  it('shows why a drop was refused and stays usable', () => {
    fetchSamples.mockResolvedValue([])
    const { showProblem } = useStudio.getState()
    showProblem({ code: 'open/is-tflite', params: { file: 'net.tflite' } }, 'opening')
    renderInProviders(<FirstVisit pickers={pickers} />)
    expect(screen.getByRole('alert').textContent).toContain('net.tflite')
    expect(screen.getByRole('button', { name: 'Choose files' })).toHaveProperty('disabled', false)
  })

  it('says what earlier visits kept and is left out, until it has been read', async () => {
    fetchSamples.mockResolvedValue([])
    useStudio.getState().tellLeftOut({ points: 1 })
    useStudio.getState().tellLeftOut({ points: 2, unreadable: 2, run: true })
    renderInProviders(<FirstVisit pickers={pickers} />)
    const { textContent } = screen.getByRole('alert')
    expect(textContent).toContain('3 points of the history were left out')
    expect(textContent).toContain('2 entries of the history were left out: they are damaged')
    expect(textContent).toContain('A training run that did not end was left out')
    await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('says what a model came back without, and what could not be kept and why', () => {
    fetchSamples.mockResolvedValue([])
    useStudio.getState().tellLeftOut({ parts: ['cuts', 'teacher'] })
    useStudio.getState().tellNotKept({ what: 'model', name: 'net', reason: 'no room' })
    renderInProviders(<FirstVisit pickers={pickers} />)
    expect(screen.getByRole('alert').textContent).toMatch(/no way back.*teacher did not come back/)
    // It is in nobody's way.
    expect(screen.getByRole('status').textContent).toContain('net is not kept')
    expect(screen.getByRole('status').textContent).toContain('no room')
  })

  it('waits with everything else while a model opens', () => {
    fetchSamples.mockResolvedValue([sample])
    useStudio.getState().setOpening({
      state: 'opening',
      name: 'net',
      progress: { phase: 'validating', done: 1, total: 4 },
      msLeft: 12_000,
    })
    renderInProviders(<FirstVisit pickers={pickers} />)
    expect(screen.getByRole('button', { name: 'Choose files' })).toHaveProperty('disabled', true)
    expect(screen.getByRole('progressbar')).toBeDefined()
    expect(screen.getByText('Checking every field and byte · 12 s left')).toBeDefined()
  })
})
