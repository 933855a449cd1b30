import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commands } from '../../commands/page-commands'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { defaultRecipe } from '../../../techniques/recipe'
import type { ListedSession } from '../../keeping/kept-list'
import { useStudio } from '../../store/store'
import { ContinueList } from './continue-list'

const { spies } = vi.hoisted(() => ({
  spies: {
    listKept: vi.fn<() => Promise<readonly ListedSession[]>>(),
    continueWith: vi.fn(() => Promise.resolve()),
    forgetListed: vi.fn(() => Promise.resolve()),
    forgetAllListed: vi.fn(() => Promise.resolve()),
  },
}))
vi.mock('../../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

const entry = (change: Partial<ListedSession>): ListedSession => ({
  ...{ id: 'a', name: 'net', bytes: 2_000_000, changed: Date.UTC(2026, 5, 1, 12) },
  ...{ recipe: defaultRecipe, isCut: false, isOpen: false },
  ...change,
})

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
})

describe('the last few models', () => {
  it('are told apart by size and time where they have one name, and opened by the keyboard', async () => {
    const second = entry({ id: 'b', bytes: 1_500_000, isCut: true, isOpen: true })
    spies.listKept.mockResolvedValue([entry({}), second])
    renderInProviders(<ContinueList busy={false} />)
    const list = await screen.findByRole('list')
    const texts = within(list)
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent.replaceAll('\u00A0', ' '))
    expect(texts[0]).toMatch(/net.*2\.00 MB.*2026.*no compression/)
    expect(texts[1]).toMatch(/1\.50 MB.*filters removed.*open in another tab/)
    await userEvent.tab()
    await userEvent.tab()
    await userEvent.tab()
    await userEvent.keyboard('{Enter}')
    expect(spies.continueWith).toHaveBeenCalledWith(second)
  })

  it('are forgotten one by one or all, said so, and the focus stays with the list', async () => {
    spies.listKept.mockResolvedValueOnce([entry({}), entry({ id: 'b', name: 'other' })])
    spies.listKept.mockResolvedValueOnce([entry({ id: 'b', name: 'other' })])
    spies.listKept.mockResolvedValueOnce([])
    renderInProviders(<ContinueList busy={false} />)
    await userEvent.click(await screen.findByRole('button', { name: 'Forget net' }))
    expect(spies.forgetListed).toHaveBeenCalledWith(entry({}))
    expect(document.activeElement?.textContent).toBe('Continue where you left off')
    expect(useStudio.getState().announcement).toBe('net was removed from this browser.')
    await vi.waitFor(() => {
      expect(screen.getAllByRole('listitem')).toHaveLength(1)
    })
    await userEvent.click(screen.getByRole('button', { name: 'Forget all' }))
    expect(spies.forgetAllListed).toHaveBeenCalledOnce()
    await vi.waitFor(() => {
      expect(screen.queryByRole('list')).toBeNull()
    })
    expect(document.activeElement?.textContent).toBe('Continue where you left off')
    expect(screen.getByText('All models were removed from this browser.')).toBeTruthy()
  })

  it('are nothing where there are none, and wait while a model opens', async () => {
    spies.listKept.mockResolvedValue([entry({})])
    renderInProviders(<ContinueList busy />)
    for (const button of await screen.findAllByRole('button'))
      expect(button).toHaveProperty('disabled', true)
  })
})
