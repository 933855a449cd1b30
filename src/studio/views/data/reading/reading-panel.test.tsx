import { act, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInProviders } from '../../../../../testing/studio/render-in-providers'
import {
  dataSummary,
  modelSummary,
  ownFacts,
  tableReading,
} from '../../../../../testing/studio/test-data'
import { StudioError } from '../../../../core/errors'
import { accountOf, controlOf } from '../../../../data/reading/reading'
import type { Reading, ReadingChoices } from '../../../../data/reading/reading'
import type { Commands } from '../../../commands/page-commands'
import { showIn } from '../../../i18n/languages'
import type { OpenReading } from '../../../store/reading-slice'
import { useStudio } from '../../../store/store'
import { DataPanel } from '../data-panel'
import { ReadingPanel } from './reading-panel'

const spies = vi.hoisted(() => ({
  attachReading: vi.fn(() => Promise.resolve()),
  chooseReading: vi.fn(() => Promise.resolve()),
  closeReading: vi.fn(),
  openReading: vi.fn(),
  stopReading: vi.fn(),
  sampleOfData: vi.fn(() => new Promise<never>(() => undefined)),
}))
vi.mock('../../../commands/page-commands', () => ({
  commands: spies satisfies Partial<Commands>,
}))

const misfit = new StudioError('data/shape-mismatch', {
  ...{ dataset: 'pets', expected: '5', found: '3' },
}).toData()

function opened(reading: Reading, change: Partial<OpenReading> = {}): OpenReading {
  const { choices = {} } = change
  return {
    ...{ title: 'pets.csv', busy: false, progress: null, error: null, attachedAs: null },
    ...{ choices, answer: { reading, misfit: null, choices } },
    ...change,
  }
}

function show(reading: Reading, change: Partial<OpenReading> = {}) {
  useStudio.getState().setReading(opened(reading, change))
  return renderInProviders(<ReadingPanel />)
}

const attach = () => screen.getByRole('button', { name: 'Attach the data' })

beforeEach(() => {
  vi.clearAllMocks()
  useStudio.setState(useStudio.getInitialState(), true)
  // jsdom scrolls nothing.
  Element.prototype.scrollIntoView = vi.fn()
})
afterEach(() => showIn('en'))

describe('the start of what was read', () => {
  it('is rows, each column with its role', () => {
    show(tableReading())
    const table = screen.getByRole('table', { name: 'First rows' })
    const heads = within(table).getAllByRole('columnheader')
    expect(heads.map((head) => head.textContent)).toEqual([
      'idLeft out',
      'aInput',
      'bInput',
      'kindLabel',
    ])
    expect(within(table).getByRole('cell', { name: 'dog' })).toBeDefined()
  })

  it('of a wide table is some columns, and the labels wherever they are', () => {
    const places = [...Array(50).keys(), 400, 784]
    const columns = places.map((place) => ({
      place,
      name: `p${place}`,
      role: place === 400 ? ('label' as const) : ('input' as const),
    }))
    const rows = [places.map(String)]
    show(tableReading({}, { preview: { kind: 'rows', width: 785, columns, rows } }))
    const table = screen.getByRole('table', { name: 'First rows, 18 of 785 columns' })
    expect(within(table).getByRole('columnheader', { name: 'p400 Label' })).toBeDefined()
    expect(within(table).getByRole('cell', { name: '784' })).toBeDefined()
  })

  it('is pictures by class, with their counts and first names', () => {
    const classes = [
      { label: 'cat', count: 1200, examples: ['pets/cat/1.png', 'pets/cat/2.png'] },
      { label: null, count: 3, examples: ['pets/x.png'] },
    ]
    show(tableReading({}, { format: 'images', preview: { kind: 'files', classes } }))
    const table = screen.getByRole('table', { name: 'Pictures by class' })
    const [, cat, none] = within(table).getAllByRole('row')
    expect(cat?.textContent).toBe('cat1,2001.png, 2.png')
    expect(none?.textContent).toBe('without a label3x.png')
  })

  it('is arrays, with their shapes and roles', () => {
    const arrays = [
      { name: 'x', dtype: 'uint8', shape: [60, 8, 8], role: 'samples' },
      { name: 'day', dtype: 'text', shape: [], role: 'unused' },
    ] as const
    show(tableReading({}, { format: 'npz', preview: { kind: 'arrays', arrays } }))
    const [, x, day] = screen.getAllByRole('row')
    expect(x?.textContent).toBe('xbytes60 × 8 × 8Samples')
    expect(day?.textContent).toBe('daytextsone valueUnused')
  })
})

describe('what was guessed', () => {
  it('can be chosen, is marked, and can be guessed again', async () => {
    show(tableReading())
    const separator = screen.getByRole('combobox', { name: 'Separator' })
    expect(separator.getAttribute('aria-describedby')).not.toBeNull()
    expect(screen.queryByRole('button', { name: 'Separator: back to the guess' })).toBeNull()
    await userEvent.selectOptions(separator, 'Tab')
    expect(spies.chooseReading).toHaveBeenCalledWith('tableSeparator', ['\t'])

    const choices: ReadingChoices = { tableSeparator: [';'] }
    act(() => {
      useStudio.getState().changeReading(opened(tableReading(choices), { choices }))
    })
    expect(screen.getByText('Your choice')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Separator: back to the guess' }))
    expect(spies.chooseReading).toHaveBeenCalledWith('tableSeparator', null)
  })

  it('shows a choice at once, before it is read', () => {
    const reading = tableReading()
    const answer = { reading, misfit: null, choices: {} }
    show(reading, { answer, choices: { tableSeparator: [';'] }, busy: true })
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Separator' }).value).toBe('1')
    expect(screen.getByRole('status').textContent).toBe('Reading')
    expect(screen.getByRole('table', { name: 'First rows' })).toBeDefined()
  })

  it('is shown as it was read, where a choice is of something else', () => {
    show(tableReading(), { choices: { tableSeparator: ['gone'] } })
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Separator' }).value).toBe('0')
    expect(screen.queryByText('Your choice')).toBeNull()
  })

  it('of several is a list of boxes, by keyboard too', async () => {
    show(tableReading())
    const list = screen.getByRole('group', { name: 'Columns left out' })
    const box = within(list).getByRole('checkbox', { name: 'b' })
    box.focus()
    await userEvent.keyboard(' ')
    expect(spies.chooseReading).toHaveBeenCalledWith('tableLeftOut', ['id', 'b'])
  })

  it('of hundreds shows those that are chosen, and finds the others', async () => {
    const names = Array.from({ length: 785 }, (_, at) => `p${at}`)
    const control = controlOf('labelColumns', names, ['p784'], {}, { many: true, verbatim: true })
    show(tableReading({}, { controls: [control] }))
    const list = screen.getByRole('group', { name: 'Label columns' })
    expect(within(list).getAllByRole('checkbox')).toHaveLength(61)
    expect(within(list).getByRole('checkbox', { name: 'p784' })).toHaveProperty('checked', true)
    await userEvent.type(within(list).getByRole('textbox'), 'p700')
    await userEvent.click(within(list).getByRole('checkbox', { name: 'p700' }))
    expect(spies.chooseReading).toHaveBeenCalledWith('labelColumns', ['p700', 'p784'])
  })

  it('without a guess asks for a choice', () => {
    const control = controlOf('samplesArray', ['a', 'b'], [], {}, { verbatim: true })
    show(tableReading({}, { controls: [control] }))
    const select = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Array of samples' })
    expect(select.selectedOptions[0]?.text).toBe('Please choose')
  })
})

describe('the button', () => {
  it('attaches what fits', async () => {
    show(tableReading())
    expect(screen.getByRole('status').textContent).toMatch(/^The model can be shown this data/)
    await userEvent.click(attach())
    expect(spies.attachReading).toHaveBeenCalledOnce()
  })

  it.each<[string, Partial<OpenReading>, RegExp]>([
    [
      'the model does not fit',
      { answer: { reading: tableReading(), misfit, choices: {} } },
      /Data does not fit the model/,
    ],
    ['it is being read', { busy: true }, /Reading/],
    ['it is attached so', { attachedAs: {} }, /It is attached as it is read here/],
  ])('says why not where %s', async (_, change, why) => {
    show(tableReading(), change)
    const described = attach().getAttribute('aria-describedby') ?? ''
    expect(document.getElementById(described)?.textContent).toMatch(why)
    expect(attach().getAttribute('aria-disabled')).toBe('true')
    await userEvent.click(attach())
    expect(spies.attachReading).not.toHaveBeenCalled()
  })

  it('leaves why it gives no samples beside it, with expected and found', () => {
    show(tableReading({}, { problem: misfit }))
    expect(screen.getByRole('alert').textContent).toContain(
      'pets does not fit: the model expects 5, found 3.',
    )
  })
})

describe('the account', () => {
  it('has every file: read, or left out for a reason, with the first names', () => {
    const tiffs = Array.from({ length: 7 }, (_, at) => `${at}.tif`)
    const account = accountOf(260, { otherFormat: tiffs, hidden: ['.DS_Store'] })
    const notes = [
      { id: 'leftOutId', params: { count: 1, columns: 'id' } },
      { id: 'encoding', params: { encoding: 'windows-1252' } },
    ] as const
    show(tableReading({}, { account, notes }))
    expect(
      screen.getByText('The text is read as Western European (Windows-1252), which is a guess.'),
    ).toBeDefined()
    expect(screen.getByRole('heading', { name: '260 of 268 files read' })).toBeDefined()
    expect(
      screen.getByText('Files of another kind: 7 (0.tif, 1.tif, 2.tif, 3.tif, 4.tif, …)'),
    ).toBeDefined()
    expect(screen.getByText('Hidden files: 1 (.DS_Store)')).toBeDefined()
    expect(screen.getByText(/^id is another one in every row/)).toBeDefined()
  })
})

describe('the panel', () => {
  it('takes the focus and gives it back, and Escape leaves it', async () => {
    useStudio.getState().replaceModel(modelSummary())
    useStudio.getState().setData({ state: 'attached', data: dataSummary({ own: ownFacts() }) })
    renderInProviders(<DataPanel />)
    expect(screen.getByText(/1 of 1 file read/)).toBeDefined()
    const button = screen.getByRole('button', { name: 'How the data was read' })
    await userEvent.click(button)
    expect(spies.openReading).toHaveBeenCalledOnce()
    act(() => {
      useStudio.getState().setReading(opened(tableReading(), { attachedAs: {} }))
    })
    expect(document.activeElement?.textContent).toBe('How pets is read')
    await userEvent.keyboard('{Escape}')
    expect(spies.closeReading).toHaveBeenCalledOnce()
    act(() => {
      useStudio.getState().setReading(null)
    })
    expect(document.activeElement).toBe(button)
  })

  it('can stop a reading, and be left', async () => {
    show(tableReading(), { answer: null, busy: true })
    expect(screen.getByRole('heading', { name: 'How pets.csv is read' })).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }))
    expect(spies.stopReading).toHaveBeenCalledOnce()
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
    expect(spies.closeReading).toHaveBeenCalledOnce()
  })

  it('names encodings alike in controls and notes', () => {
    const notes = [{ id: 'nameEncoding', params: { count: 2, encoding: 'gbk' } }] as const
    show(tableReading({}, { notes }))
    expect(screen.getByText(/^2 names in the zip .* Chinese, simplified \(GBK\)/)).toBeDefined()
  })

  it('speaks Chinese', async () => {
    await showIn('zh-CN')
    show(tableReading({}, { account: accountOf(2, { hidden: ['.x'] }) }))
    expect(screen.getByRole('heading', { name: 'pets 的读取方式' })).toBeDefined()
    expect(screen.getByRole('combobox', { name: '分隔符' }).textContent).toContain('制表符')
    expect(screen.getByRole('group', { name: '标签列' })).toBeDefined()
    expect(screen.getByRole('heading', { name: '3 个文件中读取了 2 个' })).toBeDefined()
    expect(screen.getByRole('button', { name: '关联数据' })).toBeDefined()
    expect(document.body.textContent).not.toMatch(/[a-z]{4,} [a-z]{4,}/)
  })
})
