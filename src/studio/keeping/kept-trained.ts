import { z } from 'zod'
import type { TrainedWeights } from '../../protocol/training-messages'
import { parseTrainingRecord } from '../../training/training-record'
import { storedHistories } from './kept-history'
import { trainedNamedIn } from './kept-names'
import { changedAt, writeWithFiles } from './kept-room'
import { runsTable, sessionsTable, trainedTable } from './kept-table'
import { whileWriting } from './tab-locks'

/** Weights that nothing names yet: those of the last runs. */
const MOST_UNNAMED = 3
/** Of weights that only tried points name; bytes. */
const MOST_TRIED_BYTES = 2 ** 29

export const trainedSchema = z.object({
  /** SHA-256; weights that an older studio named otherwise are left behind. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  weights: z.instanceof(Blob),
  history: z.array(z.unknown()),
})

/**
 * Keeps trained weights over a reload, under any version of the arithmetic: they are named by their bytes, and
 * are what a file's weights are. Steps encode them anew, and figures are measured anew; where they were trained
 * with other scales they are merely trained a little otherwise, which their record says. They stay as long as
 * something that is kept names them.
 * @throws NotKept
 */
export function keepTrained(trained: TrainedWeights): Promise<void> {
  return whileWriting(async () => {
    const entry = { ...trained, changed: Date.now() }
    const { size } = trained.weights
    await writeWithFiles([[trainedTable.keyOf(trained.id), entry]], new Map(), null, size)
    await dropUnnamedTrained()
  })
}

/** Trained weights of an earlier visit; null where they are gone. */
export async function loadTrained(id: string): Promise<TrainedWeights | null> {
  try {
    return parseTrained(await trainedTable.get(id))
  } catch {
    return null
  }
}

/** @throws ZodError, StudioError */
export function parseTrained(stored: unknown): TrainedWeights {
  const { history, id, weights } = trainedSchema.parse(stored)
  return { id, weights, history: history.map(parseTrainingRecord) }
}

/** Inside `whileWriting`. Models, stages, runs and settings that are pinned or have a name keep theirs; tried points as far as there is room. */
async function dropUnnamedTrained(): Promise<void> {
  const histories = await storedHistories().catch(() => [])
  const snapshots = histories.map((history) => snapshotsSchema.safeParse(history).data)
  const named = trainedNamedIn(
    [...(await sessionsTable.all()).values()],
    [...(await runsTable.all()).values()],
    snapshots,
  )
  const tried = trainedNamedIn(histories)
  const newest = [...(await trainedTable.all())].toSorted(
    ([, a], [, b]) => changedAt(b) - changedAt(a),
  )
  let unnamed = 0
  let bytes = 0
  const gone = newest.flatMap(([id, stored]) => {
    if (named.has(id)) return []
    if (!tried.has(id)) return ++unnamed > MOST_UNNAMED ? id : []
    bytes += trainedSchema.safeParse(stored).data?.weights.size ?? 0
    return bytes > MOST_TRIED_BYTES ? id : []
  })
  await trainedTable.drop(gone)
}

/** Inside `whileWriting`: of these, those that nothing names any more. */
export async function forgetTrained(ids: ReadonlySet<string>): Promise<void> {
  const named = trainedNamedIn(
    [...(await sessionsTable.all()).values()],
    [...(await runsTable.all()).values()],
    await storedHistories().catch(() => []),
  )
  await trainedTable.drop([...ids].filter((id) => !named.has(id)))
}

const snapshotsSchema = z.object({ snapshots: z.unknown(), candidates: z.unknown() })
