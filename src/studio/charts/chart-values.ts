import { chosenZip, isZipOfThese } from '../store/export-target'
import { measuredShare } from '../store/measures'
import type { StudioState } from '../store/store'
import { openedBytes, zipBytes } from '../store/zip-bytes'
import type { DrawnTab } from '../store/view-slice'
import { removesAtRandom, sizeRows, sparsityRows } from './chart-data'

type Cell = string | number | boolean | null

/** A chart as a table of plain numbers: bytes, shares 0..1, weights in their own unit. */
export interface ChartValues {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

type Shown = Pick<
  StudioState,
  | 'casePaths'
  | 'model'
  | 'originalMeasure'
  | 'picture'
  | 'reportPlace'
  | 'sizes'
  | 'training'
  | 'tried'
  | 'weights'
  | 'weightsView'
>

/** What a chart draws, for other programs; null where there is nothing yet. */
export function chartValues(tab: DrawnTab, state: StudioState): ChartValues | null {
  switch (tab) {
    case 'size':
      return sizes(state)
    case 'sparsity':
      return sparsity(state)
    case 'weights':
      return state.weightsView === 'pictures' ? outputs(state) : histogram(state)
    case 'accuracy':
      return accuracy(state)
    case 'training':
      return training(state)
  }
}

function sizes(state: StudioState): ChartValues | null {
  const { model, reportPlace, sizes: found } = state
  if (model === null || found === null) return null
  return {
    columns: ['size', 'bytes', 'kind', 'estimate'],
    rows: sizeRows(model, found.value, reportPlace, chosenZip(state), isZipOfThese(state)).map(
      ({ id, bytes, kind, estimate }) => [id, bytes, kind, estimate],
    ),
  }
}

function sparsity({ model, weights }: Shown): ChartValues | null {
  if (model === null || weights === null) return null
  return {
    columns: ['layer', 'weights', 'sparsityOriginal', 'sparsityCompressed'],
    rows: sparsityRows(model, weights.value.layers).map((row) => [
      row.name,
      row.weights,
      row.before,
      row.after,
    ]),
  }
}

function histogram({ weights }: Shown): ChartValues | null {
  if (weights === null) return null
  const { after, before, max, min } = weights.value.histogram
  const width = (max - min) / Math.max(1, before.length)
  return {
    columns: ['from', 'to', 'countOriginal', 'countCompressed'],
    rows: before.map((count, bin) => [
      min + bin * width,
      min + (bin + 1) * width,
      count,
      after[bin] ?? 0,
    ]),
  }
}

function outputs({ picture }: Shown): ChartValues | null {
  if (picture === null) return null
  const { tensor, value } = picture
  return {
    columns: [
      'tensor',
      'output',
      'weights',
      'zerosOriginal',
      'zerosCompressed',
      'normOriginal',
      'normCompressed',
    ],
    rows: value.rows.map((row) => [
      tensor,
      row.output,
      row.weights,
      row.zerosBefore,
      row.zerosAfter,
      row.normBefore,
      row.normAfter,
    ]),
  }
}

function accuracy(shown: Shown): ChartValues | null {
  const { casePaths, model, originalMeasure, reportPlace, tried } = shown
  if (model === null) return null
  const original = originalMeasure === null ? null : measuredShare(originalMeasure)
  return {
    columns: ['point', 'zippedBytes', 'score', 'measure', 'split', 'samples', 'random', 'settings'],
    rows: [
      ...(originalMeasure === null || original === null
        ? []
        : [
            [
              'original',
              openedBytes(model.original),
              original,
              originalMeasure.type,
              splitOf(originalMeasure),
              originalMeasure.measured,
              false,
              '',
            ],
          ]),
      ...tried.map(({ measure, recipe, size }): Cell[] => [
        'tried',
        zipBytes(size, reportPlace),
        measuredShare(measure),
        measure.type,
        splitOf(measure),
        measure.measured,
        removesAtRandom(recipe),
        JSON.stringify(recipe),
      ]),
      ...casePaths.flatMap(({ id, stages }) =>
        stages.map(({ id: stage, measure, recipe, share, size }): Cell[] => [
          `case ${id}: ${stage}`,
          zipBytes(size, reportPlace),
          share,
          measure.type,
          splitOf(measure),
          measure.measured,
          false,
          JSON.stringify(recipe),
        ]),
      ),
    ],
  }
}

/**
 * Confusions as rows of a label and an answer.
 * @param tables named, row-major [label, answer], all of the same classes
 */
export function confusionValues(
  tables: Readonly<Record<string, readonly number[]>>,
  nameOf: (output: number) => string,
): ChartValues {
  const [first = []] = Object.values(tables)
  const size = Math.round(Math.sqrt(first.length))
  return {
    columns: ['label', 'answer', ...Object.keys(tables)],
    rows: first.map((_, cell) => [
      nameOf(Math.floor(cell / size)),
      nameOf(cell % size),
      ...Object.values(tables).map((counts) => counts[cell] ?? 0),
    ]),
  }
}

function splitOf(measure: NonNullable<StudioState['originalMeasure']>): string {
  return measure.type === 'agreement' ? (measure.data?.split ?? 'synthetic inputs') : measure.split
}

function training({ reportPlace, training: status }: Shown): ChartValues | null {
  if (status.state === 'idle') return null
  return {
    columns: ['epoch', 'score', 'measure', 'samples', 'sparsity', 'zippedBytesEstimate', 'best'],
    rows: status.run.epochs.map(({ best, epoch, measure, size, sparsity: held }) => [
      epoch,
      measuredShare(measure),
      measure.type,
      measure.measured,
      held,
      zipBytes(size, reportPlace),
      best,
    ]),
  }
}
