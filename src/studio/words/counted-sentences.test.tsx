import { cleanup, screen } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { renderInProviders } from '../../../testing/studio/render-in-providers'
import type { StudioErrorData } from '../../core/errors'
import { showIn } from '../i18n/languages'
import { ErrorText } from './problem-alert'

afterEach(() => showIn('en'))

const ragged = (expected: number): StudioErrorData => ({
  code: 'data/table-ragged',
  params: { file: 't.csv', line: 3, expected, found: 2 },
})

it.each<[StudioErrorData, string]>([
  [ragged(1), 't.csv, line 3: 1 column was expected, found 2.'],
  [ragged(3), 't.csv, line 3: 3 columns were expected, found 2.'],
  [
    { code: 'data/labels-columns', params: { dataset: 'a', expected: 1, found: 2 } },
    'a: the model has 1 output, and the labels are quantities in 2 columns.',
  ],
  [
    { code: 'data/labels-columns', params: { dataset: 'a', expected: 3, found: 1 } },
    'a: the model has 3 outputs, and the labels are quantities in 1 column.',
  ],
  [
    {
      code: 'data/counts-differ',
      params: { samples: 'x', sampleCount: 1, labels: 'y', labelCount: 3 },
    },
    'x holds 1 sample, y holds 3 labels.',
  ],
  [
    { code: 'data/table-inputs', params: { file: 't.csv', expected: 1, found: 3 } },
    't.csv: the model takes 1 number for each row, and 3 columns would be its inputs.',
  ],
  [
    { code: 'data/table-texts', params: { file: 't.csv', expected: 4, found: 1, columns: 'x' } },
    'and 1 column is its input.',
  ],
  [
    { code: 'data/too-few', params: { dataset: 'a', found: 1, minimum: 2 } },
    'a has 1 sample; at least 2 are needed',
  ],
  [
    {
      code: 'data/no-image-decodes',
      params: { dataset: 'a', found: 1, example: 'x.png', reason: 'it is cut short' },
    },
    'Of 1 image of a none could be decoded; x.png: it is cut short.',
  ],
])('one is one, and more are more: %j', (error, said) => {
  renderInProviders(<ErrorText error={error} />)
  expect(screen.getByRole('alert').textContent).toContain(said)
})

it('a name that looks like a word of the page is a name, in Chinese too', async () => {
  const error = {
    code: 'data/table-ragged',
    params: { file: '{{line}} "t".csv', line: 3, expected: 1, found: 2 },
  } as const
  renderInProviders(<ErrorText error={error} />)
  expect(screen.getByRole('alert').textContent).toContain('{{line}} "t".csv, line 3: 1 column was')
  cleanup()
  await showIn('zh-CN')
  renderInProviders(<ErrorText error={error} />)
  expect(screen.getByRole('alert').textContent).toContain('第 3 行：应有 1 列，实际为 2。')
})
