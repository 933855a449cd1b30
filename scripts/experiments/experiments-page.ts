import type { Experiment } from './experiment.ts'

/** docs/experiments.md: a table for each experiment, made of nothing but the recorded figures. */
export function experimentsPage(experiments: readonly Experiment[]): string {
  const parts = experiments.map((experiment) => {
    const { name, metrics, intervals, seeds, minutes, backend, commit, date } = experiment
    const rows = Object.entries(metrics).map(([metric, value]) => {
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
      '| metric | value | between |',
      '| --- | --- | --- |',
      ...rows,
      '',
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

function figure(value: number): string {
  return String(Number(value.toPrecision(5)))
}
