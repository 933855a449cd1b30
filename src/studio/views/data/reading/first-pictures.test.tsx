import { screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../../testing/studio/render-in-providers'
import type { SmallPicture } from '../../../../protocol/data-messages'
import { showIn } from '../../../i18n/languages'
import { FirstPictures } from './first-pictures'
import { ReadingPreview } from './reading-preview'

const picture = (name: string, label: string | null): SmallPicture => ({
  name,
  label,
  width: 2,
  height: 1,
  rgba: new Uint8ClampedArray(8),
})

beforeEach(() => {
  // jsdom draws nothing.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
})
afterEach(() => {
  vi.restoreAllMocks()
  return showIn('en')
})

describe('the first pictures', () => {
  const pictures = [picture('1.png', 'cat'), picture('1.png', 'dog'), picture('x.png', null)]

  it('are shown with their classes, and said', () => {
    renderInProviders(<FirstPictures pictures={pictures} />)
    const list = screen.getByRole('list', { name: 'First pictures' })
    expect(
      within(list)
        .getAllByRole('img')
        .map((each) => each.getAttribute('aria-label')),
    ).toEqual(['Picture 1.png of the class cat', 'Picture 1.png of the class dog', 'Picture x.png'])
    expect(
      within(list)
        .getAllByRole('listitem')
        .map((each) => each.textContent),
    ).toEqual(['cat', 'dog', 'x.png'])
  })

  it('are said in Chinese', async () => {
    await showIn('zh-CN')
    renderInProviders(<FirstPictures pictures={pictures} />)
    expect(screen.getByRole('list', { name: '前几张图片' })).toBeDefined()
    expect(screen.getByRole('img', { name: '图片 1.png，类别 cat' })).toBeDefined()
  })

  it('are no list where there are none', () => {
    renderInProviders(<FirstPictures pictures={[]} />)
    expect(screen.queryByRole('list')).toBeNull()
  })
})

it('pairs are listed beside each other', () => {
  renderInProviders(
    <ReadingPreview
      preview={{ kind: 'pairs', count: 1200, examples: [['in/1.png', 'out/1.png']] }}
    />,
  )
  const table = screen.getByRole('table', { name: 'Pairs of pictures: 1,200' })
  expect(
    within(table)
      .getAllByRole('columnheader')
      .map((head) => head.textContent),
  ).toEqual(['Is shown', 'Should be made'])
  expect(
    within(table)
      .getAllByRole('cell')
      .map((cell) => cell.textContent),
  ).toEqual(['in/1.png', 'out/1.png'])
})
