/**
 * Runs of training, each kept in docs/experiment-runs.jsonl as soon as it is done, so that an experiment that was
 * broken off goes on where it was. Lines are only added, so two commands may work beside each other.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { ARITHMETIC_VERSION } from '../../src/core/arithmetic-version.ts'

const file = new URL('../../docs/experiment-runs.jsonl', import.meta.url)

const runSchema = z.object({
  experiment: z.string(),
  /** What was run, in words that no other setting of the experiment has. */
  setting: z.string(),
  seed: z.int(),
  validationAccuracy: z.number(),
  testAccuracy: z.number(),
  minutes: z.number(),
  arithmetic: z.int(),
  commit: z.string(),
})

export type KeptRun = z.infer<typeof runSchema>

/** The first that trains all samples as this one does: what came later is of models that are none. */
const SAME_FOR_SAMPLES = 14

/** All runs of an experiment that this arithmetic would repeat. */
export function keptRuns(experiment: string): KeptRun[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  const lines = text.split('\n').filter((line) => line !== '')
  return lines
    .map((line) => runSchema.parse(JSON.parse(line)))
    .filter((run) => run.experiment === experiment && run.arithmetic >= SAME_FOR_SAMPLES)
}

/** What is known of it, or else the run, which is kept. */
export async function runOnce(
  { experiment, setting, seed }: Pick<KeptRun, 'experiment' | 'setting' | 'seed'>,
  run: () => Promise<Pick<KeptRun, 'testAccuracy' | 'validationAccuracy'>>,
): Promise<KeptRun> {
  const known = keptRuns(experiment).find((one) => one.setting === setting && one.seed === seed)
  if (known !== undefined) return known
  const started = Date.now()
  const { testAccuracy, validationAccuracy } = await run()
  const kept: KeptRun = {
    experiment,
    setting,
    seed,
    validationAccuracy,
    testAccuracy,
    minutes: Math.round((Date.now() - started) / 600) / 100,
    arithmetic: ARITHMETIC_VERSION,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  }
  appendFileSync(file, `${JSON.stringify(kept)}\n`)
  return kept
}
