import { expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { dataSummary, modelSummary, ownFacts } from '../../../../testing/studio/test-data'
import type { Commands } from '../../commands/page-commands'
import { useStudio } from '../../store/store'
import { DataPanel } from './data-panel'

const { spies } = vi.hoisted(() => ({
  spies: { sampleOfData: () => new Promise<never>(() => undefined) },
}))
vi.mock('../../commands/page-commands', () => ({ commands: spies satisfies Partial<Commands> }))

it('where own data is stored is true of this moment', () => {
  const data = dataSummary({ name: 'mine', own: ownFacts() })
  useStudio.setState({ model: modelSummary(), data: { state: 'attached', data } })
  const text = () => {
    const { container, unmount } = renderInProviders(<DataPanel />)
    const { textContent } = container
    unmount()
    return textContent
  }
  expect(text()).toContain('in this tab alone')
  useStudio.getState().setRunKept(true)
  expect(text()).not.toContain('in this tab alone')
  expect(text()).toContain('in this browser until the training run has ended')
  useStudio.setState({ keptName: 'mine' })
  expect(text()).toContain('for the next visit')
})

it('asks how built-in data is shown to a model of somebody’s own, and not again once it was cut', () => {
  useStudio.setState({
    model: modelSummary(),
    data: { state: 'attached', data: dataSummary() },
    isSample: false,
  })
  const isOpen = (cutFrom: ReturnType<typeof useStudio.getState>['cutFrom']) => {
    useStudio.setState({ cutFrom })
    const { getByRole, unmount } = renderInProviders(<DataPanel />)
    const open = getByRole('button', { name: 'Preprocessing' }).getAttribute('aria-expanded')
    unmount()
    return open
  }
  expect(isOpen(null)).toBe('true')
  expect(isOpen({ name: 'whole', parameters: 20 })).toBe('false')
})
