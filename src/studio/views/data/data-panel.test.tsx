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
