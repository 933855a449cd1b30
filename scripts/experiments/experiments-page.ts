import type { Experiment } from './experiment.ts'

/** Parts the name of a row from that of a column in a metric's name. */
const ROW = '|'

/** docs/experiments.md: a table for each experiment, made of nothing but the recorded figures. */
export function experimentsPage(experiments: readonly Experiment[]): string {
  const parts = experiments.map((experiment) => {
    const { name, metrics, intervals, seeds, minutes, backend, commit, date } = experiment
    const plain = Object.entries(metrics).filter(([metric]) => !metric.includes(ROW))
    const rows = plain.map(([metric, value]) => {
      const range = intervals[metric]
      const between = range === undefined ? '' : `${figure(range[0])} to ${figure(range[1])}`
      return `| ${metric} | ${figure(value)} | ${between} |`
    })
    const seedText = seeds.length === 0 ? '' : `, seeds ${seeds.join(', ')}`
    return [
      `## ${name}`,
      '',
      `${date}, commit ${commit}, backend ${backend}${seedText}, ${minutes} minutes.`,
      '',
      ...(rows.length === 0
        ? []
        : ['| metric | value | between |', '| --- | --- | --- |', ...rows, '']),
      ...figureTable(experiment),
    ].join('\n')
  })
  return [
    '# Experiments',
    '',
    'Written by the commands that ran them, from `experiments.json`; do not edit. Rates are fractions.',
    '',
    ...parts,
  ].join('\n')
}

/** Metrics named `row|column` as one table; an interval stands behind its value. */
function figureTable({ intervals, metrics, name }: Experiment): string[] {
  const named = Object.keys(metrics).flatMap((metric) => {
    const [row, column] = metric.split(ROW)
    return row === undefined || column === undefined ? [] : [{ row, column }]
  })
  const columns = [...new Set(named.map(({ column }) => column))]
  if (columns.length === 0) return []
  const cell = (row: string, column: string): string => {
    const value = metrics[row + ROW + column]
    const range = intervals[row + ROW + column]
    if (value === undefined) return ''
    const between = range === undefined ? '' : ` (${figure(range[0])} to ${figure(range[1])})`
    // What is smaller than the smallest double is not nothing.
    if (value === 0 && column.startsWith('p of ')) return '< 1e-300'
    return figure(value) + between
  }
  return [
    `| setting | ${columns.join(' | ')} |`,
    `| --- |${columns.map(() => ' --- |').join('')}`,
    ...[...new Set(named.map(({ row }) => row))].map(
      (row) => `| ${row} | ${columns.map((column) => cell(row, column)).join(' | ')} |`,
    ),
    '',
    // Drawn by the command that ran the experiment.
    ...(name.startsWith('case-study/') ? [`![Accuracy against size](${name}.svg)`, ''] : []),
  ]
}

function figure(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(5)))
}
