import { describe, expect, it } from 'vitest'
import { onlyInput } from '../../testing/files/own-data-cases'
import { npyBytes } from '../../testing/files/foreign-data'
import { npzOf } from '../../testing/models/several-inputs'
import { memoryFile } from '../files/file-bundle'
import type { InputWish, ReadData } from './data-wishes'
import { requireSource } from './data-wishes'
import { readData } from './read-data'
import { inputsChoice } from './reading/input-choices'
import type { ReadingChoices } from './reading/reading'

const ROWS = 6
const row = (width: number, from: number): number[] =>
  Array.from({ length: ROWS * width }, (_, at) => from + at)
const vector = (width: number, from: number) => ['<f4', [ROWS, width], row(width, from)] as const
const labels = ['<i4', [ROWS], [0, 1, 2, 0, 1, 2]] as const

const wish = (name: string, ...sides: readonly (number | null)[]): InputWish => ({ name, sides })
const pair = [wish('left', 2), wish('right', 2)]

function readNpz(
  arrays: Parameters<typeof npzOf>[0],
  inputs: readonly InputWish[] = pair,
  choices: ReadingChoices = {},
): Promise<ReadData> {
  const files = [memoryFile('d.npz', npzOf(arrays))]
  return readData(files, { choices, inputs }, () => Promise.resolve())
}

function readCsv(
  text: string,
  inputs: readonly InputWish[],
  choices: ReadingChoices = {},
): Promise<ReadData> {
  const files = [memoryFile('t.csv', new TextEncoder().encode(text))]
  const output = { columns: 2, kind: 'probabilities', meaning: 'classes' } as const
  return readData(files, { choices, inputs, output }, () => Promise.resolve())
}

/** What each input is given, and why. */
const mapped = ({ reading }: ReadData) =>
  reading.mapping?.slots.map(({ from, how }) => [...from, how].join(' '))

/** The first number that each input is shown. */
const firsts = (found: ReadData) =>
  requireSource(found).samples.map((one) => (one.kind === 'numbers' ? one.values[0] : null))

describe('arrays for several inputs', () => {
  it.each<[string, readonly [string, string, string], string, readonly string[]]>([
    ['their names', ['right', 'left', 'y'], 'y', ['left name', 'right name']],
    ['x_ and the name', ['x_right', 'x_left', 'y'], 'y', ['x_left name', 'x_right name']],
    [
      'names in another case',
      ['Right_input', 'LEFT', 'label'],
      'label',
      ['LEFT name', 'Right_input name'],
    ],
    [
      'names of a split',
      ['right_test', 'left_test', 'y_test'],
      'y_test',
      ['left_test name', 'right_test name'],
    ],
    [
      'numbers of NumPy, in order',
      ['arr_0', 'arr_1', 'arr_2'],
      'arr_2',
      ['arr_0 place', 'arr_1 place'],
    ],
    ['numbers, in order', ['x_0', 'x_1', 'y'], 'y', ['x_0 place', 'x_1 place']],
    ['nothing, in order', ['p', 'q', 'r'], 'r', ['p place', 'q place']],
  ])('are found by %s', async (_, [one, two, last], label, wanted) => {
    const found = await readNpz({ [one]: vector(2, 0), [two]: vector(2, 100), [last]: labels })
    expect(mapped(found)).toEqual(wanted)
    expect(requireSource(found).labels).toMatchObject({ values: Int32Array.of(0, 1, 2, 0, 1, 2) })
    expect(found.reading.controls.find(({ id }) => id === 'labelsArray')?.value).toEqual([label])
    expect(firsts(found)).toEqual(wanted.map((text) => (text.startsWith(one) ? 0 : 100)))
  })

  it('are found by their shapes where names say nothing', async () => {
    const inputs = [wish('picture', 8, 8, 1), wish('words', null), wish('facts', 3)]
    const found = await readNpz(
      {
        a: vector(3, 0),
        b: ['|u1', [ROWS, 8, 8], Array.from({ length: ROWS * 64 }, (_, at) => at % 256)],
        c: vector(5, 0),
        d: labels,
      },
      inputs,
    )
    expect(mapped(found)).toEqual(['b shape', 'c shape', 'a shape'])
    expect(requireSource(found).samples).toMatchObject([
      { shape: [8, 8] },
      { shape: [5] },
      { shape: [3] },
    ])
  })

  it('are not found by numbers that count inputs of another model', async () => {
    const arrays = { input_1: vector(2, 0), input_2: vector(2, 100), y: labels }
    const other = await readNpz(arrays, [wish('input_2', 2), wish('input_3', 2)])
    expect(mapped(other)).toEqual(['input_1 place', 'input_2 place'])
    const same = await readNpz(arrays, [wish('input_2', 2), wish('input_1', 2)])
    expect(mapped(same)).toEqual(['input_2 name', 'input_1 name'])
  })

  it('take those of one split, the one to measure on', async () => {
    const found = await readNpz({
      left_train: vector(2, 7),
      right_train: vector(2, 7),
      y_train: labels,
      left_test: vector(2, 0),
      right_test: vector(2, 100),
      y_test: labels,
    })
    expect(mapped(found)).toEqual(['left_test name', 'right_test name'])
    expect(found.reading.controls.find(({ id }) => id === 'labelsArray')?.value).toEqual(['y_test'])
  })

  it('are put right by a choice, which an input that is gone ends', async () => {
    const arrays = { p: vector(2, 0), q: vector(2, 100), y: labels }
    const inputsFrom = inputsChoice([
      { input: 'left', from: ['q'] },
      { input: 'right', from: ['p'] },
    ])
    const found = await readNpz(arrays, pair, { inputsFrom })
    expect(mapped(found)).toEqual(['q chosen', 'p chosen'])
    expect(found.reading.mapping?.guessed).toBe(false)
    expect(firsts(found)).toEqual([100, 0])
    const other = await readNpz(arrays, [wish('left', 2), wish('other', 2)], { inputsFrom })
    expect(mapped(other)).toEqual(['p place', 'q place'])
  })

  it.each<[string, readonly string[]]>([
    ['truth', ['truth', 'spare', 'w']],
    ['whole', ['whole', 'part', 'w']],
    ['part', ['part', 'w']],
  ])('leave %s as labels, of %j', async (wanted, names) => {
    const spare = {
      truth: ['<f4', [ROWS], [0.5, 1, 0, 0, 1, 0]],
      spare: labels,
      whole: labels,
      part: ['<f4', [ROWS], [0.5, 1, 0, 0, 1, 0]],
      w: ['<f4', [ROWS], [1, 1, 1, 1, 1, 1]],
    } as const
    const arrays = { left: vector(2, 0), right: vector(2, 100) }
    const beside = Object.fromEntries(
      Object.entries(spare).filter(([name]) => names.includes(name)),
    )
    const found = await readNpz({ ...arrays, ...beside })
    expect(found.reading.controls.find(({ id }) => id === 'labelsArray')?.value).toEqual([wanted])
  })

  it('give up what is chosen to be labels', async () => {
    const arrays = { left: vector(2, 0), q: labels, right: vector(2, 100) }
    const labelsOf = (found: ReadData) =>
      found.reading.controls.find(({ id }) => id === 'labelsArray')?.value
    const missing = await readNpz(arrays, pair, { labelsArray: ['right'] })
    expect(labelsOf(missing)).toEqual(['right'])
    expect(missing.reading.mapping?.slots).toMatchObject([{ from: ['left'] }, { from: ['q'] }])
    const inputsFrom = inputsChoice([
      { input: 'left', from: ['left'] },
      { input: 'right', from: ['right'] },
    ])
    const both = await readNpz(arrays, pair, { labelsArray: ['right'], inputsFrom })
    expect(labelsOf(both)).toEqual(['right'])
    expect(both.reading.mapping?.slots).toMatchObject([{ from: ['left'] }, { from: [] }])
    expect(both.reading.problem).toMatchObject({
      code: 'data/input-missing',
      params: { input: 'right' },
    })
    const spare = await readNpz({ ...arrays, y: labels }, pair, { labelsArray: ['left'] })
    expect(mapped(spare)).toEqual(['q place', 'right name'])
  })

  it('of one input are exchanged with labels', async () => {
    const arrays = { x: vector(2, 0), y: vector(2, 100) }
    const found = await readNpz(arrays, onlyInput([2]), { labelsArray: ['x'] })
    expect(firsts(found)).toEqual([100])
    expect(requireSource(found).labels).not.toBeNull()
    const choices = { labelsArray: ['x'], samplesArray: ['x'] }
    const both = await readNpz(arrays, onlyInput([2]), choices)
    expect(requireSource(both).labels).toBeNull()
    expect(both.reading.controls.find(({ id }) => id === 'labelsArray')?.value).toEqual([''])
  })

  it('say what is missing, and what differs in number', async () => {
    const alone = await readNpz({ left: vector(2, 0), y: labels })
    expect(alone.reading.problem).toMatchObject({
      code: 'data/input-missing',
      params: { input: 'right', expected: '2' },
    })
    expect(alone.reading.preview).toMatchObject({
      arrays: [{ name: 'left', role: 'samples' }, { role: 'labels' }],
    })
    const short = ['<f4', [ROWS - 1, 2], row(2, 0).slice(2)] as const
    const differing = await readNpz({ left: vector(2, 0), right: short, y: labels })
    expect(differing.reading.problem).toMatchObject({
      code: 'data/input-counts',
      params: { first: 'left.npy', firstCount: 6, second: 'right.npy', secondCount: 5 },
    })
  })

  it('are several files as well, and no classes', async () => {
    const files = [
      memoryFile('right.npy', npyBytes('<f4', [ROWS, 2], row(2, 100))),
      memoryFile('left.npy', npyBytes('<f4', [ROWS, 2], row(2, 0))),
    ]
    const go = () => Promise.resolve()
    const found = await readData(files, { choices: {}, inputs: pair }, go)
    expect(mapped(found)).toEqual(['left name', 'right name'])
    expect(requireSource(found).labels).toBeNull()
    const classes = await readData(files, { choices: {}, inputs: onlyInput([2]) }, go)
    expect(classes.reading.mapping).toBeUndefined()
    expect(requireSource(classes).labels?.kind).toBe('classes')
  })
})

describe('columns for several inputs', () => {
  const lines = (header: string): string =>
    [header, ...Array.from({ length: 8 }, (_, at) => `${at},1${at},2${at},3${at},${at % 2}`)].join(
      '\n',
    )

  it.each<[string, string, readonly InputWish[], readonly string[]]>([
    [
      'by the start of their names',
      'right_a,left_a,right_b,left_b,label',
      pair,
      ['left_a left_b name', 'right_a right_b name'],
    ],
    [
      'by their names',
      'right,left,more,other,label',
      [wish('left', 1), wish('right', 3)],
      ['left name', 'right more other place'],
    ],
    [
      'by their names with numbers',
      'right0,x_left_0,right1,x_left_1,label',
      pair,
      ['x_left_0 x_left_1 name', 'right0 right1 name'],
    ],
    [
      'in their order where they are merely counted',
      'x1,x2,x3,x4,label',
      [wish('x1', 2), wish('x2', 2)],
      ['x1 x2 place', 'x3 x4 place'],
    ],
    [
      'by how many there are of one stem',
      'z0,word_0,word_1,word_2,label',
      [wish('words', 3), wish('facts', 1)],
      ['word_0 word_1 word_2 width', 'z0 place'],
    ],
    [
      'in their order where two inputs are as wide',
      'a_0,a_1,b_0,b_1,label',
      pair,
      ['a_0 a_1 place', 'b_0 b_1 place'],
    ],
    ['in their order', 'a,b,c,d,label', pair, ['a b place', 'c d place']],
    [
      'with one input of any width',
      'a,b,c,d,label',
      [wish('x', null), wish('z', 1)],
      ['a b c place', 'd place'],
    ],
  ])('are given %s', async (_, header, inputs, wanted) => {
    const found = await readCsv(lines(header), inputs)
    expect(mapped(found)).toEqual(wanted)
    expect(requireSource(found).labels).not.toBeNull()
    const widths = requireSource(found).samples.map((one) => one.kind === 'numbers' && one.shape[0])
    expect(widths).toEqual(wanted.map((text) => text.split(' ').length - 1))
  })

  it('are put right by a choice, and those without an input are left out', async () => {
    const inputsFrom = inputsChoice([
      { input: 'left', from: ['b', 'd'] },
      { input: 'right', from: ['a', 'c'] },
    ])
    const found = await readCsv(lines('a,b,c,d,label'), pair, { inputsFrom })
    expect(mapped(found)).toEqual(['b d chosen', 'a c chosen'])
    expect(firsts(found)).toEqual([10, 0])
    const less = inputsChoice([
      { input: 'left', from: ['b'] },
      { input: 'right', from: ['a', 'c'] },
    ])
    const fewer = await readCsv(lines('a,b,c,d,label'), pair, { inputsFrom: less })
    expect(fewer.reading.preview).toMatchObject({
      columns: [{ role: 'input' }, { role: 'input' }, { role: 'input' }, { role: 'leftOut' }, {}],
    })
  })

  it('are too many, or too few for all inputs', async () => {
    const many = await readCsv(lines('a,b,c,d,label'), [wish('left', 2), wish('right', 1)])
    expect(many.reading.problem?.code).toBe('data/table-inputs')
    const few = await readCsv('a,b,label\n1,2,0\n3,4,1\n5,6,0\n', [
      wish('left', 2),
      wish('right', 2),
    ])
    expect(few.reading.problem).toMatchObject({
      code: 'data/input-missing',
      params: { input: 'right', expected: '2' },
    })
  })
})
