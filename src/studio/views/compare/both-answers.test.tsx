import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { BothAnswers } from './both-answers'

const original = [0.05, 0.6, 0.01, 0.3, 0.04]
const compressed = [0.01, 0.2, 0.7, 0.05, 0.04]

it('says the likeliest of both, and draws every output', () => {
  const { container } = renderInProviders(<BothAnswers answers={{ compressed, original }} />)
  const text = screen.getByRole('status').textContent
  expect(text).toMatch(/60.%/)
  expect(text).toMatch(/70.%/)
  expect(container.querySelectorAll('[data-compressed]')).toHaveLength(5)
})

it('draws of many outputs those that either model holds for likely, in their order', () => {
  const { container } = renderInProviders(
    <BothAnswers answers={{ compressed, original }} most={3} />,
  )
  const widths = [...container.querySelectorAll<HTMLElement>('[data-compressed]')].map(
    ({ style }) => style.width,
  )
  expect(widths).toEqual(['20%', '70%', '5%'])
})
