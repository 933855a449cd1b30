import { fireEvent } from '@testing-library/react'
import { expect, it } from 'vitest'
import { renderInProviders } from '../../../../testing/studio/render-in-providers'
import { ownFacts, tableReading } from '../../../../testing/studio/test-data'
import { DataProblems } from './data-problems'

const facts = ownFacts({
  broken: {
    count: 1,
    examples: [{ code: 'data/image-broken', params: { file: 'c.png', reason: 'cut' } }],
  },
  reading: tableReading(
    {},
    {
      account: {
        read: 24,
        leftOut: [
          { reason: 'unlabelled', count: 7, examples: ['a/overview.png', 'b/overview.png'] },
          { reason: 'otherFormat', count: 1, examples: ['scan.tiff'] },
          { reason: 'broken', count: 1, examples: ['c.png'] },
        ],
      },
    },
  ),
})

it('what was left out is counted and named, broken files once', () => {
  const { container } = renderInProviders(<DataProblems facts={facts} />)
  for (const button of container.querySelectorAll('button')) fireEvent.click(button)
  const text = container.textContent
  expect(text).toContain('Without a label: 7')
  expect(text).toContain('a/overview.png')
  expect(text).toContain('and 5 more')
  expect(text).toContain('Files of another kind: 1')
  expect(text).toContain('scan.tiff')
  expect(text.match(/c\.png/g)).toHaveLength(1)
  expect(text).not.toContain('Broken files')
})
