import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { modelSummary } from '../../../../testing/studio/test-data'
import { useStudio } from '../../store/store'
import { chartTabs } from '../../store/view-slice'
import { ChartPanel } from './chart-panel'

const TAB = 100
/** Of the strip: not all tabs have room in it. */
const WIDTH = 250

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  useStudio.getState().replaceModel(modelSummary())
  // Nothing is laid out here: tabs one beside the other, moved by how far their strip is scrolled.
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(function (
    this: HTMLElement,
  ) {
    if (this.role !== 'tab') return DOMRect.fromRect({ width: WIDTH, height: 40 })
    const list = this.parentElement
    const at = [...(list?.children ?? [])].indexOf(this)
    return DOMRect.fromRect({ x: at * TAB - (list?.scrollLeft ?? 0), width: TAB, height: 40 })
  })
  // The engine of the page that tests have tells nobody of sizes.
  vi.stubGlobal(
    'ResizeObserver',
    class {
      private readonly tell: () => void
      constructor(tell: () => void) {
        this.tell = tell
      }
      observe(): void {
        this.tell()
      }
      unobserve(): void {}
      disconnect(): void {}
    },
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

it('keeps the chosen tab in its strip, wherever it was chosen', () => {
  renderInProviders(<ChartPanel />)
  const strip = screen.getByRole('tablist')
  expect(strip.scrollLeft).toBe(0)
  act(() => {
    useStudio.getState().setTab('training')
  })
  expect(strip.scrollLeft).toBe(TAB * (chartTabs.indexOf('training') + 1) - WIDTH)
  act(() => {
    useStudio.getState().setTab('size')
  })
  expect(strip.scrollLeft).toBe(0)
})
