import type { ExportTarget, Runtime } from '../../core/model-summary'
import type { DataSummary } from '../../protocol/data-messages'
import type { MeasureEvent } from '../../protocol/measure-messages'
import type { ZipSize } from '../../protocol/recipe-messages'
import type { Activations, ExportedModel } from '../../formats/exporter'
import { exporterFor, writtenParts } from '../../formats/exporters'
import { writeModelCard } from '../../formats/model-card'
import { portNames } from '../../formats/keras/named-ports'
import { hashFiles, writeReport } from '../../formats/report'
import type { ReportContent, ReportedData } from '../../formats/report'
import type { FigurePlace, ReportedFigures } from '../../formats/report-figures'
import { joinZip, packEach, packFiles, withTail, zipLength } from '../../files/zip-writer'
import type { PackedFile } from '../../files/zip-writer'
import type { PipelineResult } from '../../techniques/pipeline'
import type { Recipe } from '../../techniques/recipe'
import { exportTensors } from './export-tensors'
import { hashForms, hashRestored } from './restored-hashes'
import { historyOf, pipelineFor } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import { recipeLayers } from './weights-event'
import { runBetween } from '../../files/run-between'
import type { Between } from '../../files/between'

/** The splits that a report states, in its order. */
const REPORTED_SPLITS = ['validation', 'test'] as const

/**
 * A download whose size is already certain: all that is missing are the figures that are measured on
 * it, and those have their place. So the size on the page is the size of the file.
 */
export interface ArchiveDraft {
  readonly exported: ExportedModel
  readonly content: ReportContent
  /** Out of the script's memory, since they are most of the file. */
  readonly model: readonly PackedFile<Blob>[]
  /** Report and model card, without their figures. */
  readonly report: readonly PackedFile[]
  /** Of the finished archive. */
  readonly size: ZipSize
}

/**
 * Writes everything but the figures.
 * @throws StudioError 'export/float16-range'
 */
export async function draftArchive(
  state: OpenModelState,
  result: PipelineResult,
  recipe: Recipe,
  { container, precision }: ExportTarget,
  data: DataSummary | null,
  versions: Readonly<Record<string, string>>,
  between: Between,
  activations?: Activations,
): Promise<ArchiveDraft> {
  const tensors = exportTensors(state.opened, result)
  const exporter = exporterFor(container)
  const exported = await exporter.write(state.opened, tensors, precision, between, activations)
  const layers = await runBetween(recipeLayers(state, pipelineFor(state, recipe), result), () =>
    between(0, 0),
  )
  const parts = writtenParts(state.opened, tensors, { container, precision })
  const hashes =
    exported.made === undefined
      ? await hashRestored(exporter, state.opened, parts, precision, between)
      : await hashForms(exported.made, between)
  const { config = null } = state.opened.keras ?? {}
  const names = config === null ? null : portNames(config, 'output_layers')
  const content: ReportContent = {
    model: state.summary.name,
    modelFormat: state.summary.format,
    parameters: state.summary.totals.parameters,
    versions,
    recipe,
    seed: recipe.seed,
    training: historyOf(state, recipe),
    layers,
    tensors: exported.tensors.map((tensor, index) => ({
      ...tensor,
      decodedSha256: hashes[index] ?? '',
    })),
    files: await hashFiles(exported.files, between),
    ...(exported.scales === undefined ? {} : { scales: exported.scales }),
    ...(exported.folded === undefined ? {} : { folded: exported.folded }),
    ...(exported.activations === undefined ? {} : { activations: exported.activations }),
    original: state.summary.original,
    removed: removedFrom(state),
    ...(names === null ? {} : { outputs: names }),
    data: data === null ? null : reportedData(data),
    calibration: result.calibration,
    places: data === null || state.runnable === null ? [] : figurePlaces(data),
  }
  const model = await packEach(exported.files, between, (packed) => new Blob([packed]))
  const report = await packFiles(
    [writeReport(content), writeModelCard(content, exported.usage)],
    between,
  )
  const zipped = zipLength(joinZip<Blob | PackedFile['packed'][number]>([...model, ...report]))
  const size = { zipped, reportBytes: zipped - zipLength(joinZip(model)) }
  return { exported, content, model, report, size }
}

/**
 * Report and model card with what was measured, as long as they were without. A figure of other data than the
 * report is of has no place in it.
 */
export function finishReport(
  { exported, content, report }: Pick<ArchiveDraft, 'exported' | 'content' | 'report'>,
  measures: readonly MeasureEvent[],
  runtime: Runtime,
): PackedFile[] {
  const figures = figuresOf(
    measures.filter((event) => hasPlace(content.places, event)),
    runtime,
  )
  const tails = [writeReport(content, figures), writeModelCard(content, exported.usage, figures)]
  return report.map((file, index) => {
    const tail = tails[index]?.tail
    return tail === undefined ? file : withTail(file, tail)
  })
}

function hasPlace(places: readonly FigurePlace[], event: MeasureEvent): boolean {
  return (
    event.type !== 'agreement' &&
    places.some(({ dataset, split }) => dataset === event.dataset && split === event.split)
  )
}

function figuresOf(measures: readonly MeasureEvent[], runtime: Runtime): ReportedFigures {
  return {
    ...(measures.length === 0 ? {} : { runtime }),
    accuracy: measures.flatMap((event) => {
      if (event.type !== 'accuracy') return []
      const { split, measured: samples, correct, originalCorrect, paired, topFive } = event
      return [{ split, samples, correct, originalCorrect, ...paired, topFive }]
    }),
    scores: measures.flatMap((event) => {
      if (event.type !== 'scores') return []
      return [{ split: event.split, samples: event.measured, scores: event.scores }]
    }),
  }
}

function removedFrom({ past, summary }: OpenModelState): ReportContent['removed'] {
  const { removed } = summary
  return past === null || removed === null ? null : { ...removed, cuts: past.cuts }
}

function reportedData({ name, settings, own }: DataSummary): ReportedData {
  return { name, hash: own?.hash ?? null, settings }
}

const scoreIds = {
  classification: [],
  binary: [],
  multiLabel: ['labelAccuracy', 'microF1', 'exactMatch'],
  regression: ['mae', 'r2'],
} as const

function figurePlaces({ id, settings, splits }: DataSummary): FigurePlace[] {
  const { task } = settings
  if (task === 'unlabelled') return []
  return REPORTED_SPLITS.flatMap((name) => {
    const split = splits.find((candidate) => candidate.name === name)
    if (split === undefined) return []
    return [{ dataset: id, split: name, samples: split.count, task, scores: scoreIds[task] }]
  })
}
