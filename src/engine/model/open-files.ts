import { isStudioError } from '../../core/errors'
import type { ErrorCode } from '../../core/errors'
import { cannotRun, isShort } from '../../core/model-summary'
import type { ModelNote, ModelSummary, Obstacles, OwnFiles } from '../../core/model-summary'
import { pictureForm } from '../../data/input-form'
import { toldBeside } from '../../data/told-beside'
import type { Told } from '../../data/told-beside'
import type { Between } from '../../files/between'
import type { Drop } from '../../files/drop'
import { zippedBytes } from '../../files/zip-writer'
import { writeModel } from '../../formats/exporters'
import type { OpenedModel } from '../../formats/format'
import { openDrop } from '../../formats/importers'
import { learntWeights } from '../../graph/learnt-weights'
import { scaledInputs } from '../../graph/scaled-inputs'
import { summarizeModel } from '../../formats/summarize-model'
import type { BuiltFacts } from '../../formats/summarize-model'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { PhaseSteps } from '../work/phase-steps'
import type { Emit } from '../work/stream'
import type { Toolbox } from '../work/toolbox'
import { hasLayers, runtimeOf } from './build-model'
import { createProvenModel } from './prove-model'
import { quickModel } from './quick-model'
import type { QuickModel } from './quick-model'
import type { RunnableModel } from './runnable-model'
import { toldByFiles } from './told-by-files'

/** A model as its files have it, and what they weigh. */
export interface ReadModel extends Pick<BuiltFacts, 'own' | 'zippedFloat32Bytes'> {
  readonly opened: OpenedModel
  readonly told: readonly Told[]
}

/** A model that runs, or the reason why it does not. */
interface Built {
  readonly runnable: RunnableModel | null
  readonly obstacles: Obstacles
}

/** A model with its inventory; `runnable` is null where tfjs cannot run it. */
export interface MadeModel {
  readonly opened: OpenedModel
  readonly told: readonly Told[]
  readonly summary: ModelSummary
  readonly runnable: RunnableModel | null
  /** The same model, where the inference pass runs it; of what was cut there is none. */
  readonly quick: QuickModel | null
}

/** What says that tfjs could not compute the model when it tried; its weights are as good as any. */
const didNotRun: ReadonlySet<ErrorCode> = new Set([
  'open/build-failed',
  'open/no-kernel',
  'open/forward-failed',
  'open/forward-stopped',
  'open/needs-memory',
  'open/forward-non-finite',
  'open/onnx-refused',
  'open/other-rows',
  'open/several-batches',
])

/** @throws StudioError 'open/...', 'engine/cancelled' */
export async function readFiles(
  drop: Drop,
  step: PhaseSteps<OpenProgress['phase']>['step'],
): Promise<ReadModel> {
  const opened = await openDrop(drop, step('reading'))
  const between = step('validating')
  return {
    // Entries of a zip lie in memory: they are not needed any more.
    opened: { ...opened, files: [] },
    told: await toldBeside(opened),
    zippedFloat32Bytes: await zippedAsFloat32(opened, between),
    own: await ownFiles(opened, between),
  }
}

/** What the studio compares a result with: the original in a file of the same kind, as float32. */
async function zippedAsFloat32(opened: OpenedModel, between: Between): Promise<number> {
  const target = { container: opened.container, precision: 'float32' } as const
  const { files } = await writeModel(opened, opened.weights, target, between)
  return zippedBytes(files, between)
}

/** The person's own files, where they are smaller than float32 already; null where they are not. */
async function ownFiles(
  { files, weights }: OpenedModel,
  between: Between,
): Promise<OwnFiles | null> {
  if (!weights.some(({ spec, storedAs }) => spec.dtype !== 'bytes' && isShort(storedAs)))
    return null
  const sources = []
  for (const file of files) sources.push({ path: file.path, bytes: await file.read(0, file.size) })
  return {
    zippedBytes: await zippedBytes(sources, between),
    storedBytes: weights.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
  }
}

/**
 * Builds and runs a model once; one that tfjs cannot run is left with the reason. Needs the lock.
 * @throws StudioError 'engine/tensor-too-large', 'engine/out-of-memory', 'engine/cancelled'
 */
export async function makeModel(
  { opened, told, ...sizes }: ReadModel,
  own: Pick<BuiltFacts, 'id' | 'cutFrom'>,
  tools: Toolbox,
  report: Emit<OpenProgress>,
  signal: AbortSignal,
): Promise<MadeModel> {
  const facts = { ...sizes, ...own, told }
  const built = await build(opened, facts, tools, report, signal)
  const { runnable } = built
  // What was cut is compared with what it was cut from, by one runtime.
  const quick =
    runnable === null || own.cutFrom !== null
      ? null
      : await quickModel(opened, runnable, tools, signal)
  const summary = summarize(opened, built, facts)
  const measuredBy = quick === null ? {} : { measuredBy: 'own' as const }
  return { opened, told, summary: { ...summary, ...measuredBy }, runnable, quick }
}

type OwnFacts = Pick<BuiltFacts, 'id' | 'cutFrom' | 'own' | 'zippedFloat32Bytes'> &
  Pick<ReadModel, 'told'>

async function build(
  opened: OpenedModel,
  facts: OwnFacts,
  { pace, backend, environment }: Toolbox,
  report: Emit<OpenProgress>,
  signal: AbortSignal,
): Promise<Built> {
  const { obstacles } = opened
  if (obstacles.run !== null) return { runnable: null, obstacles }
  const { info, watch } = backend()
  try {
    const runnable = await createProvenModel(opened, {
      ...{ environment, info, watch },
      between: (model) => {
        const known = summarize(opened, { runnable: model, obstacles }, facts)
        const heaviest = pace.expect(heaviestLayerMacs(known))
        let done = 0
        return async () => {
          report({ phase: 'running', done: done++, total: known.layers.length })
          await pace.breathe(signal, heaviest)
        }
      },
    })
    return { runnable, obstacles }
  } catch (error) {
    if (!isStudioError(error) || !didNotRun.has(error.code)) throw error
    return { runnable: null, obstacles: cannotRun(error.toData()) }
  }
}

function summarize(
  opened: OpenedModel,
  { runnable, obstacles }: Built,
  { told, ...facts }: OwnFacts,
): ModelSummary {
  const outputs = runnable?.outputs ?? []
  const known = obstacles.run === null ? opened : withoutRuntime(opened)
  const { notes, outputNames } = toldByFiles(told, outputs, scaledPictures(opened, runnable))
  return summarizeModel(known, {
    ...facts,
    outputNames,
    notes: [...(runnable?.notes ?? []), ...notes],
    runtime: runtimeOf(opened),
    outputShapes: runnable?.outputShapes ?? new Map(),
    inputs: runnable?.inputs ?? [],
    outputs: outputs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    obstacles,
    learnt: hasLayers(opened) ? null : learntWeights(opened.graph),
  })
}

/** What measures a model, and how: untrue where nothing runs it after all. */
const notesOfRuntime: ReadonlySet<ModelNote['code']> = new Set([
  ...(['note/any-batch', 'note/by-onnx-runtime', 'note/onnx-runtime'] as const),
  ...(['note/half-precision', 'note/own-runtime', 'note/range-of-batch'] as const),
  ...(['note/statistics-of-batch'] as const),
])

function withoutRuntime(opened: OpenedModel): OpenedModel {
  return { ...opened, notes: opened.notes.filter(({ code }) => !notesOfRuntime.has(code)) }
}

/** Says which layer of the model itself scales pictures. */
function scaledPictures({ graph }: OpenedModel, runnable: RunnableModel | null): ModelNote[] {
  const layers = scaledInputs(graph).flatMap((layer, at) => {
    const form = pictureForm(runnable?.inputs[at]?.shape.slice(1) ?? [])
    return layer === null || form === null || form.layout === 'row' ? [] : [layer]
  })
  const [layer] = layers
  return layer === undefined ? [] : [{ code: 'note/scaled-pictures', params: { layer } }]
}

/** Where a shape stays open, a layer counts as if each weight met 50 positions. */
export function heaviestLayerMacs(summary: ModelSummary): number {
  return Math.max(0, ...summary.layers.map(({ macs, parameters }) => macs ?? 50 * parameters))
}
