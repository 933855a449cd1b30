import { describe, expect, it } from 'vitest'
import type { RawLabels } from './data-source'
import { ClassTally, MultiLabelTally, RegressionTally } from './scores'
import { meaningOf } from './label-meaning'
import { possibleTasks, targetsOf } from './task'
import type { OutputForm } from './task'

const classes = (count: number): RawLabels => ({
  kind: 'classes',
  classNames: Array.from({ length: count }, (_, i) => `c${i}`),
  values: Int32Array.from({ length: count }, (_, i) => i),
})
const numbers = (columns: number, values: readonly number[]): RawLabels => ({
  kind: 'numbers',
  names: Array.from({ length: columns }, () => ''),
  values: Float64Array.from(values),
})
const numbered = (values: readonly number[]): RawLabels | null =>
  meaningOf(numbers(1, values), {}).labels
const output = (
  columns: number | null,
  kind: OutputForm['kind'] = 'probabilities',
  meaning: OutputForm['meaning'] = 'classes',
): OutputForm => ({ columns, kind, meaning })

describe('the tasks that labels and outputs allow', () => {
  it.each<[string, RawLabels | null, OutputForm, string[]]>([
    ['no labels', null, output(10), ['unlabelled']],
    ['outputs that are no row', classes(3), output(null), ['unlabelled']],
    ['classes', classes(3), output(3), ['classification', 'unlabelled']],
    ['fewer classes than outputs', classes(3), output(1000), ['classification', 'unlabelled']],
    ['two classes, one output', classes(2), output(1, 'sigmoid'), ['binary', 'unlabelled']],
    [
      'classes for an embedding: agreement first',
      classes(3),
      output(128, 'scores', 'vectors'),
      ['unlabelled', 'classification'],
    ],
    [
      'far fewer classes than scores: perhaps an embedding',
      classes(3),
      output(64, 'scores'),
      ['unlabelled', 'classification'],
    ],
    [
      'as many scores as classes',
      classes(3),
      output(3, 'scores'),
      ['classification', 'unlabelled'],
    ],
    [
      'more classes than an embedding has numbers',
      classes(3),
      output(2, 'scores', 'vectors'),
      ['unlabelled'],
    ],
    ['class numbers', numbered([0, 4, 2]), output(5), ['classification', 'unlabelled']],
    ['class numbers with gaps', numbered([0, 3]), output(3), ['classification', 'unlabelled']],
    ['negative class numbers', numbered([0, -1]), output(3), ['classification', 'unlabelled']],
    [
      'whole numbers for one quantity',
      numbered([0, 4, 2]),
      output(1, 'scores'),
      ['regression', 'unlabelled'],
    ],
    [
      'two sides of zero',
      numbered([-1, 1]),
      output(1, 'scores'),
      ['binary', 'regression', 'unlabelled'],
    ],
    ['yes and no', numbered([0, 1]), output(1, 'sigmoid'), ['binary', 'regression', 'unlabelled']],
    [
      'yes and no for scores',
      numbered([0, 1]),
      output(1, 'scores'),
      ['regression', 'binary', 'unlabelled'],
    ],
    ['a quantity', numbers(1, [0.5, 3]), output(1, 'scores'), ['regression', 'unlabelled']],
    [
      'one-hot rows',
      numbers(2, [0, 1, 1, 0]),
      output(2),
      ['classification', 'multiLabel', 'regression', 'unlabelled'],
    ],
    [
      'several labels',
      numbers(2, [1, 1, 0, 0]),
      output(2, 'sigmoid'),
      ['multiLabel', 'regression', 'unlabelled'],
    ],
    [
      'several quantities',
      numbers(2, [1, 2, 3, 4]),
      output(2, 'scores'),
      ['regression', 'unlabelled'],
    ],
  ])('%s', (_, labels, form, expected) => {
    expect(possibleTasks('d', labels, form)).toEqual(expected)
  })

  it.each<[string, RawLabels | null, OutputForm, string]>([
    ['more classes than outputs', classes(4), output(3), 'data/labels-range'],
    ['more class numbers than outputs', numbered([0, 1, 2, 3]), output(3), 'data/labels-range'],
    ['a quantity for several outputs', numbers(1, [0.5]), output(3), 'data/labels-columns'],
    ['too few columns', numbers(2, [1, 2]), output(3), 'data/labels-columns'],
  ])('refuses %s', (_, labels, form, code) => {
    expect(() => possibleTasks('d', labels, form)).toThrow(code)
  })

  it('refuses a task that they do not allow', () => {
    expect(() => targetsOf('d', classes(3), output(3), 'regression', null)).toThrow(
      /data\/labels-kind/,
    )
  })

  it('map classes to outputs and leave out those without one', () => {
    const targets = targetsOf('d', classes(3), output(5), 'classification', [4, -1, 0])
    expect(targets).toMatchObject({ labels: Int32Array.of(4, -1, 0) })
    const shared = targetsOf('d', classes(3), output(3), 'classification', [0, 0, 1])
    expect(shared).toMatchObject({ labels: Int32Array.of(0, 0, 1) })
    const oneHot = targetsOf('d', numbers(2, [0, 1, 1, 0]), output(2), 'classification', null)
    expect(oneHot).toMatchObject({ labels: Int32Array.of(1, 0) })
  })
})

describe('scores', () => {
  it('of classes: right answers, top five, confusion, whatever the pieces', () => {
    const labels = Int32Array.of(0, 6, 2)
    const outputs = Float32Array.of(
      ...[9, 1, 1, 1, 1, 1, 1],
      ...[5, 4, 3, 2, 1, 9, 0],
      ...[1, 2, 3, 4, 5, 0, 0],
    )
    const whole = new ClassTally({ task: 'classification', columns: 7, labels }, 'scores')
    whole.add({ outputs, from: 0 })
    const pieces = new ClassTally({ task: 'classification', columns: 7, labels }, 'scores')
    pieces.add({ outputs: outputs.subarray(0, 7), from: 0 })
    pieces.add({ outputs: outputs.subarray(7), from: 1 })
    expect(pieces.scores()).toEqual(whole.scores())
    const { samples, correct, topFive, confusion } = whole.scores()
    expect([samples, correct, topFive]).toEqual([3, 1, 2])
    expect([confusion[0], confusion[6 * 7 + 5], confusion[2 * 7 + 4]]).toEqual([1, 1, 1])
    expect(confusion.reduce((sum, count) => sum + count, 0)).toBe(3)
  })

  it('of one output: yes above one half, for scores above zero', () => {
    const labels = Int32Array.of(1, 0, 1)
    const targets = { task: 'binary', columns: 1, labels } as const
    const sigmoid = new ClassTally(targets, 'sigmoid')
    sigmoid.add({ outputs: Float32Array.of(0.6, 0.4, 0.3), from: 0 })
    expect(sigmoid.scores()).toMatchObject({ correct: 2, confusion: Uint32Array.of(1, 0, 1, 1) })
    const scores = new ClassTally(targets, 'scores')
    scores.add({ outputs: Float32Array.of(0.1, -2, 0.3), from: 0 })
    expect(scores.scores().correct).toBe(3)
  })

  it('of several labels: F1 = 2 TP / (2 TP + FP + FN)', () => {
    const values = Uint8Array.of(1, 0, 1, 0, 0, 1)
    const tally = new MultiLabelTally({ task: 'multiLabel', columns: 3, values }, 'sigmoid')
    tally.add({ outputs: Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.1, 0.7), from: 0 })
    // TP 2, FN 1, FP 1: four of six right, no row as a whole.
    expect(tally.scores()).toEqual([
      { id: 'labelAccuracy', value: 4 / 6 },
      { id: 'microF1', value: 4 / 6 },
      { id: 'exactMatch', value: 0 },
    ])
  })

  // scikit-learn 1.9.1: mean_absolute_error 0.5, r2_score 0.9486081370449679 on the same numbers.
  it('of quantities: mean absolute error and R2', () => {
    const values = Float64Array.of(3, -0.5, 2, 7)
    const tally = new RegressionTally({ task: 'regression', columns: 1, values })
    tally.add({ outputs: Float32Array.of(2.5, 0), from: 0 })
    tally.add({ outputs: Float32Array.of(2, 8), from: 2 })
    const [mae, r2] = tally.scores()
    expect(mae).toEqual({ id: 'mae', value: 0.5 })
    expect(r2?.value).toBeCloseTo(0.9486081370449679, 12)
    const constant = new RegressionTally({
      task: 'regression',
      columns: 1,
      values: Float64Array.of(4, 4),
    })
    constant.add({ outputs: Float32Array.of(4, 5), from: 0 })
    expect(constant.scores()[1]).toEqual({ id: 'r2', value: null })
  })

  it('of large quantities do not lose their variation', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => 1e9 + i)
    const tally = new RegressionTally({ task: 'regression', columns: 1, values })
    tally.add({ outputs: Float32Array.from(values), from: 0 })
    expect(tally.scores()[1]?.value).toBeGreaterThan(0.3)
  })
})
