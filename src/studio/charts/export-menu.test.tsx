import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import { useStudio } from '../store/store'
import type { ChartValues } from './chart-values'
import { ExportMenu } from './export-menu'

// The page that tests have takes seconds for the styles of a button.
vi.mock('html-to-image', () => ({ toSvg: () => Promise.resolve('data:image/svg+xml,') }))

const PNG = new Blob(['png'], { type: 'image/png' })
let saved: string[] = []

beforeEach(() => {
  useStudio.setState(useStudio.getInitialState(), true)
  saved = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push(this.download)
  })
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:picture')
  // Nothing is drawn in the page that tests have.
  canDecode(() => Promise.resolve())
  gives(PNG)
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(
    () => ({ drawImage: vi.fn(), fillRect: vi.fn() }) as never,
  )
})
afterEach(() => {
  vi.restoreAllMocks()
})

function canDecode(decode: () => Promise<void>): void {
  Object.defineProperty(HTMLImageElement.prototype, 'decode', { configurable: true, value: decode })
}

function gives(blob: Blob | null): void {
  vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation((done) => {
    done(blob)
  })
}

async function choose(item: string, values: ChartValues | null): Promise<void> {
  const panel = { current: document.createElement('div') }
  renderInProviders(<ExportMenu name="size" panel={panel} values={() => values} />)
  await userEvent.click(screen.getByRole('button', { name: 'Export' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
}

const problem = (): string | undefined => useStudio.getState().problem?.error.code

it('saves what is drawn', async () => {
  await choose('Picture (PNG)', null)
  await waitFor(() => {
    expect(saved).toEqual(['model-size.png'])
  })
  expect(problem()).toBeUndefined()
})

it.each([
  ['there are no numbers yet', 'Numbers (CSV)', vi.fn(), 'page/chart-not-there'],
  [
    'the browser gives no picture',
    'Picture (PNG)',
    () => {
      gives(null)
    },
    'page/chart-not-saved',
  ],
  [
    'the browser does not draw the page',
    'Picture (PNG)',
    () => {
      canDecode(() => Promise.reject(new Error('The source image cannot be decoded.')))
    },
    'page/chart-not-saved',
  ],
] as const)('says so where %s', async (_, item, fail, code) => {
  fail()
  await choose(item, null)
  await waitFor(() => {
    expect(problem()).toBe(code)
  })
  expect(saved).toEqual([])
})
