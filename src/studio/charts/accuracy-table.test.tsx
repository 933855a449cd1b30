import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import '../i18n/train-words'
import { AccuracyTable } from './accuracy-table'

it('has the stages of each case study, one after the other, each with a way back to it', async () => {
  const onStage = vi.fn()
  const points = (['float', 'together'] as const).map((stage, index) => {
    return { stage, index, bytes: 300 - 100 * index, share: 0.9 }
  })
  renderInProviders(
    <AccuracyTable
      rows={[]}
      original={null}
      studies={[1, 2].map((id) => ({ id, points }))}
      shareName="Accuracy"
      sizeName="Zipped download"
      kind="accuracy"
      describe={() => ''}
      onUse={vi.fn()}
      onStage={onStage}
      canPin
      onPin={vi.fn()}
      pinned={new Set()}
    />,
  )
  const [, ...rows] = screen.getAllByRole('row')
  const told = rows.map((row) =>
    [...row.children].slice(0, 3).map(({ textContent }) => textContent),
  )
  expect(told).toEqual(
    [1, 2].flatMap((id) => [
      [`For a target, ${id}: Original`, '300\u00a0B', '90.00\u00a0%'],
      [`For a target, ${id}: All in one step`, '200\u00a0B', '90.00\u00a0%'],
    ]),
  )
  const [, last = document.body] = rows.slice(-2)
  await userEvent.click(within(last).getByRole('button'))
  expect(onStage).toHaveBeenCalledWith(2, 1)
})
