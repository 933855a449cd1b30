import type { ModelSummary } from '../../core/model-summary'
import type { OutputMeaning } from '../../core/output-meaning'
import type { DataSummary } from '../../protocol/data-messages'
import { drain } from '../../protocol/drain'
import type { EngineClient } from '../../protocol/client'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { CutOrigin } from '../../protocol/structure-messages'
import type { TeacherSummary } from '../../protocol/training-messages'
import type { AttachedData } from '../keeping/attached-data'
import type { TeacherModel } from '../keeping/open-place'

/** An engine that is given something, and how long it is wanted. */
export interface Receiver {
  readonly client: EngineClient
  readonly signal: AbortSignal
  readonly tell: (progress: OpenProgress) => void
}

/*
 * What an engine is given to know what the page knows: the page's own, one that was started anew, or one that a run
 * has for itself. Nothing here is shown; whoever brings it in tells the page.
 */

/** @param origin what the model was cut from; null: it is what the person opened */
export async function openIn(
  { client, signal, tell }: Receiver,
  files: readonly File[],
  origin: CutOrigin | null,
): Promise<ModelSummary> {
  return drain(await client.model.open({ files, origin }, { signal }), tell)
}

/** Attaches data to the model that is open there. */
export async function attachIn(
  { client, signal, tell }: Receiver,
  data: AttachedData,
): Promise<DataSummary> {
  if (data.kind === 'builtIn') {
    const { datasetId, settings } = data
    return drain(await client.data.attach({ datasetId, settings }, { signal }), tell)
  }
  const { files, choices, settings } = data
  return drain(await client.data.open({ files, choices, settings }, { signal }), tell)
}

/** @param meaning null: as guessed */
export async function readOutputsIn(
  { client, signal }: Omit<Receiver, 'tell'>,
  meaning: OutputMeaning | null,
): Promise<void> {
  await client.measure.readOutputs({ meaning }, { signal })
}

export async function openTeacherIn(
  { client, signal, tell }: Receiver,
  { files, inputs }: TeacherModel,
): Promise<TeacherSummary> {
  return drain(await client.teacher.open({ files, inputs }, { signal }), tell)
}
