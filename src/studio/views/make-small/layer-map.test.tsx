import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { noObstacles } from '../../../core/model-summary'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { sensitivityTable } from '../../../../testing/studio/sensitivity-table'
import { modelSummary } from '../../../../testing/studio/test-data'
import '../../i18n/small-words'
import { useStudio } from '../../store/store'
import { LayerMap } from './layer-map'

const spies = vi.hoisted(() => ({
  findSensitivity: vi.fn(() => Promise.resolve()),
  leaveSensitivity: vi.fn(() => Promise.resolve()),
  useCell: vi.fn(() => Promise.resolve()),
  useFilters: vi.fn(() => Promise.resolve()),
}))
vi.mock('../../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

const [dense] = sensitivityTable().layers
const table = sensitivityTable({
  layers: ['first', 'second'].flatMap((layer) => (dense === undefined ? [] : { ...dense, layer })),
})

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  vi.clearAllMocks()
})

const cell = (name: RegExp) => screen.getByRole('gridcell', { name })
const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ')

describe('the map of layers', () => {
  it('asks for itself once it is seen, and is left when it is gone', () => {
    const { unmount } = renderInProviders(<LayerMap />)
    expect(spies.findSensitivity).toHaveBeenCalledOnce()
    unmount()
    expect(spies.leaveSensitivity).toHaveBeenCalledOnce()
  })

  it('streams in, can be cancelled, and goes on', async () => {
    const { layers } = table
    const known = { layers: layers.slice(0, 1), done: 1, total: 4 }
    useStudio.getState().setSensitivity({ ...known, state: 'running' }, undefined)
    const { unmount } = renderInProviders(<LayerMap />)
    expect(spies.findSensitivity).not.toHaveBeenCalled()
    expect(screen.getAllByRole('row')).toHaveLength(3)
    expect(screen.getByRole('progressbar', { name: 'Looked at 1 of 4' })).toBeTruthy()
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(spies.leaveSensitivity).toHaveBeenCalledOnce()
    unmount()
    useStudio.getState().setSensitivity({ ...known, state: 'left' }, undefined)
    renderInProviders(<LayerMap />)
    await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
    expect(spies.findSensitivity).toHaveBeenCalledOnce()
  })

  it('says of each cell what it saves and moves, and does what is clicked', async () => {
    useStudio.getState().setSensitivity({ state: 'known', table }, undefined)
    renderInProviders(<LayerMap />)
    const four = cell(/^second, 4 bits/)
    expect(plain(four.getAttribute('aria-label'))).toBe(
      'second, 4 bits: saves 35 B, outputs of the layer move by 1.0 % (predicted); ' +
        'the model’s answers by 0.0020 nats of KL divergence (measured).',
    )
    expect(four.textContent).toBe('1')
    await userEvent.hover(four)
    expect(plain(document.body.textContent)).toContain('second, 4 bits: saves 35 B')
    await userEvent.click(four)
    expect(spies.useCell).toHaveBeenCalledWith('second', table.layers[1]?.cells[2])
    // What the layer cannot do is empty, and does nothing.
    const empty = screen.getByRole('grid').querySelector('td[aria-disabled]')
    if (empty === null) throw new Error('no empty cell')
    await userEvent.click(empty)
    expect(spies.useCell).toHaveBeenCalledOnce()
  })

  it('shows what was measured in its own unit, and on what', async () => {
    useStudio.getState().setSensitivity({ state: 'known', table }, undefined)
    const { unmount } = renderInProviders(<LayerMap />)
    expect(plain(screen.getByText(/^How far the outputs of each layer/).textContent)).toContain(
      'per cent of the squared outputs',
    )
    await userEvent.click(screen.getByRole('radio', { name: 'Measured KL, mnat' }))
    expect(
      screen.getByText(
        /thousandths of a nat\..*Measured on 512 samples that.*no points of accuracy: one answer of 512 alone would be 0\.20 points/,
      ),
    ).toBeTruthy()
    expect(cell(/^second, 4 bits/).textContent).toBe('2')
    expect(cell(/^second, 25.% of the filters removed/).textContent).toBe('4')
    // It was not tried.
    expect(cell(/^second, 8 bits/).textContent).toBe('–')
    unmount()
    const layers = table.layers.map((layer) => ({ ...layer, unit: 'relative' as const }))
    useStudio.getState().setSensitivity({ state: 'known', table: { ...table, layers } }, undefined)
    renderInProviders(<LayerMap />)
    await userEvent.click(screen.getByRole('radio', { name: 'Measured outputs, %' }))
    expect(cell(/^second, 4 bits/).textContent).toBe('.2')
    expect(plain(cell(/^second, 4 bits/).getAttribute('aria-label'))).toContain(
      'the model’s outputs by 0.200 % (measured)',
    )
  })

  it('sets structured pruning to a share of one layer, or says why its filters stay', async () => {
    const stay = { state: 'stay', reason: 'output', layer: 'second' } as const
    const [first, second] = table.layers
    if (first?.filters?.state !== 'go' || second === undefined) throw new Error('no layers')
    const added = { ...first, filters: { ...first.filters, with: ['beside'] } }
    const layers = [added, { ...second, filters: stay }]
    useStudio.getState().setSensitivity({ state: 'known', table: { ...table, layers } }, undefined)
    renderInProviders(<LayerMap />)
    expect(screen.getByRole('columnheader', { name: 'Filters removed' })).toBeTruthy()
    const half = cell(/^first, 50.% of the filters removed/)
    expect(plain(half.getAttribute('aria-label'))).toBe(
      'first, 50 % of the filters removed: saves 20 B, outputs of those who read them move by ' +
        '30.0 % (predicted). It counts as one with beside, whose outputs are added to its own.',
    )
    await userEvent.click(half)
    expect(spies.useFilters).toHaveBeenCalledWith('first', 0.5)
    const [fixed] = screen.getAllByRole('gridcell', { name: /^second: All its filters stay/ })
    if (fixed === undefined) throw new Error('not told')
    await userEvent.click(fixed)
    expect(spies.useFilters).toHaveBeenCalledOnce()
  })

  it('asks anew for filters that a search did not look at, but not of a model that can lose none', () => {
    const layers = table.layers.map((layer) => ({ ...layer, filters: null }))
    useStudio.getState().setSensitivity({ state: 'known', table: { ...table, layers } }, undefined)
    const { unmount } = renderInProviders(<LayerMap />)
    expect(spies.findSensitivity).toHaveBeenCalledOnce()
    unmount()
    const cut = { code: 'open/no-topology', params: { file: 'model.json' } } as const
    useStudio.getState().replaceModel(modelSummary({ obstacles: { ...noObstacles, cut } }))
    useStudio.getState().setSensitivity({ state: 'known', table: { ...table, layers } }, undefined)
    renderInProviders(<LayerMap />)
    expect(spies.findSensitivity).toHaveBeenCalledOnce()
    expect(screen.queryByRole('columnheader', { name: 'Filters removed' })).toBeNull()
    expect(screen.getByText(/Filters are left out: .*lists weights/)).toBeTruthy()
  })

  it('is one stop of the keyboard: arrows move in it, Enter does', async () => {
    useStudio.getState().setSensitivity({ state: 'known', table }, undefined)
    renderInProviders(<LayerMap />)
    expect(screen.getAllByRole('gridcell').filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1)
    // First what it shows.
    await userEvent.tab()
    await userEvent.tab()
    expect(document.activeElement).toBe(cell(/^first, 8 bits/))
    await userEvent.keyboard('{ArrowDown}{ArrowRight}{ArrowRight}{ArrowUp}{ArrowDown}{Enter}')
    expect(document.activeElement).toBe(cell(/^second, 4 bits/))
    expect(spies.useCell).toHaveBeenCalledWith('second', table.layers[1]?.cells[2])
    await userEvent.keyboard('{End}{ArrowRight}{Home}{ArrowLeft}{Enter}')
    expect(spies.useCell).toHaveBeenLastCalledWith('second', table.layers[1]?.cells[1])
  })

  it('is of the weights that the settings name', () => {
    useStudio.getState().setSensitivity({ state: 'known', table }, 'abcdef12')
    renderInProviders(<LayerMap />)
    expect(screen.queryByRole('grid')).toBeNull()
    expect(spies.findSensitivity).toHaveBeenCalledOnce()
  })

  it('tells what went wrong', async () => {
    const error = { code: 'engine/no-model', params: {} } as const
    useStudio.getState().setSensitivity({ state: 'failed', error }, undefined)
    renderInProviders(<LayerMap />)
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(spies.findSensitivity).toHaveBeenCalledOnce()
  })
})
