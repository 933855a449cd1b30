import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
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
    expect(screen.getAllByRole('row')).toHaveLength(2)
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
        "the model's outputs by 0.0020 (measured).",
    )
    expect(four.textContent).toBe('1')
    await userEvent.hover(four)
    expect(plain(document.body.textContent)).toContain('second, 4 bits: saves 35 B')
    await userEvent.click(four)
    expect(spies.useCell).toHaveBeenCalledWith('second', table.layers[1]?.cells[2])
    // What the layer cannot do is empty, and does nothing.
    const [, , row] = screen.getAllByRole('row')
    const empty = row?.querySelector('td[aria-disabled]')
    if (empty == null) throw new Error('no empty cell')
    await userEvent.click(empty)
    expect(spies.useCell).toHaveBeenCalledOnce()
  })

  it('is one stop of the keyboard: arrows move in it, Enter does', async () => {
    useStudio.getState().setSensitivity({ state: 'known', table }, undefined)
    renderInProviders(<LayerMap />)
    expect(screen.getAllByRole('gridcell').filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1)
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
