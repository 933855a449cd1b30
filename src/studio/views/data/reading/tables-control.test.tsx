import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { lines, readDrop, speciesLines } from '../../../../../testing/files/own-data-cases'
import { renderInProviders } from '../../../../../testing/studio/render-in-providers'
import type { Reading, ReadingChoices } from '../../../../data/reading/reading'
import type { Commands } from '../../../commands/page-commands'
import { showIn } from '../../../i18n/languages'
import { useStudio } from '../../../store/store'
import { ReadingPanel } from './reading-panel'

const spies = vi.hoisted(() => ({
  attachReading: vi.fn(() => Promise.resolve()),
  chooseReading: vi.fn(() => Promise.resolve()),
  closeReading: vi.fn(),
  stopReading: vi.fn(),
}))
vi.mock('../../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const table = lines('a,b,c,d', [
  ...speciesLines((r) => r.replace(/^[\d.]+/, (v) => `${v}%`)),
  'Total: 60 rows',
])
const files = {
  'X.csv': table,
  'old.csv': lines('a,b', ['1,2', '3,4', '5,6']),
  'y.csv': lines(
    'label',
    speciesLines((_, y) => ['None', 'mild', 'severe'][y] ?? ''),
  ),
}

async function show(choices: ReadingChoices = {}): Promise<Reading> {
  const { reading } = await readDrop(files, { choices })
  useStudio.getState().setReading({
    ...{ title: 'X.csv', busy: false, progress: null, error: null, attachedAs: null },
    ...{ choices, answer: { reading, misfit: null, choices } },
  })
  renderInProviders(<ReadingPanel />)
  return reading
}

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
  // jsdom scrolls nothing.
  Element.prototype.scrollIntoView = vi.fn()
})
afterEach(() => showIn('en'))

it('several tables: which are read, which hold the labels, what is left out, and why', async () => {
  await show()
  const tables = screen.getByRole('group', { name: 'Tables to read' })
  expect(within(tables).getByRole('checkbox', { name: 'X.csv' })).toHaveProperty('checked', true)
  const old = within(tables).getByRole('checkbox', { name: 'old.csv' })
  expect(old).toHaveProperty('checked', false)
  const labels = screen.getByRole('group', { name: 'Tables of labels' })
  expect(within(labels).getByRole('checkbox', { name: 'y.csv' })).toHaveProperty('checked', true)
  expect(screen.getByRole('heading', { name: '2 of 3 files read' })).toBeDefined()
  expect(screen.getByText('Tables that are not read: 1 (old.csv)')).toBeDefined()
  expect(
    screen.getByText('The labels are in y.csv, in the order of the rows of X.csv.'),
  ).toBeDefined()
  expect(
    screen.getByText('One line after the last row is not read: line X.csv 62, “Total: 60 rows”.'),
  ).toBeDefined()
  expect(screen.getByText(/^a holds percent signs: [\d.]+% is read as 0\.\d+\.$/)).toBeDefined()
  expect(screen.getByText('None is taken for a class: 20 rows of label have it.')).toBeDefined()
  old.focus()
  await userEvent.keyboard(' ')
  expect(spies.chooseReading).toHaveBeenCalledWith('tablesRead', ['X.csv', 'old.csv'])
  await userEvent.selectOptions(
    screen.getByRole('combobox', { name: 'Percent signs' }),
    screen.getByRole('option', { name: /As written: 5\s% is 5/ }),
  )
  expect(spies.chooseReading).toHaveBeenCalledWith('tablePercent', ['asWritten'])
  await userEvent.selectOptions(
    screen.getByRole('combobox', { name: 'Labels called None, NA or null' }),
    'No label',
  )
  expect(spies.chooseReading).toHaveBeenCalledWith('nothingLabels', ['noLabel'])
})

it('says so in Chinese', async () => {
  await showIn('zh-CN')
  await show()
  const tables = screen.getByRole('group', { name: '要读取的表格' })
  expect(within(tables).getByRole('checkbox', { name: 'X.csv' })).toHaveProperty('checked', true)
  expect(screen.getByRole('group', { name: '标签表格' })).toBeDefined()
  expect(screen.getByText('未读取的表格：1（old.csv）')).toBeDefined()
  expect(screen.getByText('标签在 y.csv 中，与 X.csv 各行的顺序相同。')).toBeDefined()
  expect(screen.getByRole('combobox', { name: '百分号' }).textContent).toContain('百分之一')
  await userEvent.click(within(tables).getByRole('checkbox', { name: 'old.csv' }))
  expect(spies.chooseReading).toHaveBeenCalledWith('tablesRead', ['X.csv', 'old.csv'])
  expect(document.body.textContent).not.toMatch(/[a-z]{4,} [a-z]{4,}/)
})

it('two that have not the same columns are named, and the way back is offered', async () => {
  await show({ tablesRead: ['X.csv', 'old.csv'] })
  expect(screen.getByRole('alert').textContent).toContain(
    'old.csv does not have the columns of X.csv',
  )
  await userEvent.click(screen.getByRole('button', { name: 'Tables to read: back to the guess' }))
  expect(spies.chooseReading).toHaveBeenCalledWith('tablesRead', null)
})
