import type { OutputKind } from '../../core/output-kind'
import type { Answer, Comparison, Flip, FlipKind } from '../../protocol/compare-messages'
import type { MeasureProgress } from '../../protocol/measure-messages'
import type { DataSplit } from '../samples/attached-data'
import type { OriginalOutputs } from '../measure/measure-scores'
import { pixelsOf } from '../samples/picture-pixels'
import { probabilities } from '../measure/probabilities'
import { inputsOf, runSubject } from '../measure/subject'
import type { Subject } from '../measure/subject'
import { atMostEvery } from '../work/stream'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { topClasses } from '../measure/top-class'

const EVENT_INTERVAL_MS = 100

export interface CompareTask {
  readonly split: DataSplit
  /** Of all samples of the split. */
  readonly original: OriginalOutputs
  /** null: the original itself, which answers everything as it does. */
  readonly compressed: Subject | null
  readonly kind: OutputKind
  /** Shown of each kind. */
  readonly most: number
  readonly tools: Toolbox
  readonly signal: AbortSignal
}

type Found = Omit<Flip, 'picture' | 'name'>

/**
 * The samples of a split with classes that two models answer differently, in the order of the split. Needs
 * the lock.
 * @throws StudioError 'engine/cancelled' or the fault of the device
 */
export async function compareAnswers(
  task: CompareTask,
  emit: Emit<MeasureProgress>,
): Promise<Comparison> {
  const { split, original, compressed, kind, most, tools, signal } = task
  const { dataset, name, count: samples, targets } = split
  const counts: Record<FlipKind, number> = { lost: 0, won: 0, otherMistake: 0 }
  const found: Found[] = []
  if (compressed !== null && (targets.task === 'classification' || targets.task === 'binary')) {
    const { columns, labels } = targets
    const report = atMostEvery(EVENT_INTERVAL_MS, () => tools.pace.now(), emit)
    const showing = { make: inputsOf(split, signal), tools, signal }
    await runSubject(showing, compressed, 0, samples, (values, from, to) => {
      const known = original.outputs.subarray(from * columns, to * columns)
      const before = topClasses(known, columns, kind)
      const after = topClasses(values, columns, kind)
      before.forEach((output, row) => {
        const other = after[row] ?? output
        const label = labels[from + row] ?? -1
        if (output === other || label < 0) return
        const flip = output === label ? 'lost' : other === label ? 'won' : 'otherMistake'
        if (counts[flip]++ >= most) return
        const answer = (outputs: Float32Array, chosen: number): Answer => ({
          output: chosen,
          probability:
            probabilities(outputs.subarray(row * columns, (row + 1) * columns), kind)[chosen] ?? 0,
        })
        found.push({
          kind: flip,
          index: from + row,
          label,
          before: answer(known, output),
          after: answer(values, other),
        })
      })
      report({ done: to, total: samples })
    })
  }
  const flips: Flip[] = []
  for (const flip of found) {
    const pictures = await split.pictures(flip.index, signal)
    const picture = pictures.find((shown) => shown !== null) ?? null
    flips.push({
      ...flip,
      name: split.sample(flip.index).name,
      picture: picture === null ? null : pixelsOf(picture),
    })
  }
  return { dataset, split: name, samples, counts, flips }
}
