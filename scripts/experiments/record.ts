/** Keeps the last result of every experiment in docs/experiments.json and writes the tables from it. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { experimentSchema } from './experiment.ts'
import type { Experiment } from './experiment.ts'
import { experimentsPage } from './experiments-page.ts'

const json = new URL('../../docs/experiments.json', import.meta.url)
const page = new URL('../../docs/experiments.md', import.meta.url)

/** All results that are on record. */
export function readExperiments(): Experiment[] {
  let text: string
  try {
    text = readFileSync(json, 'utf8')
  } catch {
    return []
  }
  return z.array(experimentSchema).parse(JSON.parse(text))
}

/** Puts results in the place of earlier ones of the same name. */
export function recordExperiments(results: readonly Omit<Experiment, 'commit' | 'date'>[]): void {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const date = new Date().toISOString().slice(0, 10)
  const fresh = results.map((result) => ({
    ...result,
    minutes: Math.round(10 * result.minutes) / 10,
    commit,
    date,
  }))
  const names = new Set(fresh.map(({ name }) => name))
  const all = [...readExperiments().filter(({ name }) => !names.has(name)), ...fresh].toSorted(
    (a, b) => (a.name < b.name ? -1 : 1),
  )
  writeFileSync(json, `${JSON.stringify(all, null, 2)}\n`)
  writeFileSync(page, experimentsPage(all))
}
