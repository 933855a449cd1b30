import type { DatasetManifest } from '../../core/dataset-manifest'
import type { ArraySamples, ClassLabels } from '../../data/data-source'
import { shapeText } from '../../core/shape-text'
import { classOrders } from '../../data/class-orders'
import { targetsOf } from '../../data/task'
import type { DataSettings } from '../../data/data-settings'
import {
  inputRows,
  inputTensors,
  onlyPictures,
  outputForm,
  plainPreparation,
} from './samples-for-model'
import { StudioError } from '../../core/errors'
import type { AttachedData } from './attached-data'
import type { BuiltInDatasets, PackedSplit } from './built-in-datasets'
import type { RunnableModel } from '../model/runnable-model'
import { arrayPictures } from './picture-source'
import { pictureReader } from './sample-reader'
import type { Toolbox } from '../work/toolbox'

interface BuiltInWish {
  /** null: as the studio's own models were trained. */
  readonly settings: DataSettings | null
  /** Of each input whether it wants numbers from 0 to 255. */
  readonly ofBytes: readonly boolean[]
}

/**
 * Attaches built-in data to a model.
 * @throws StudioError 'data/shape-mismatch', 'data/labels-...'
 */
export function attachBuiltIn(
  manifest: DatasetManifest,
  model: RunnableModel,
  { settings, ofBytes: [isOfBytes = false] }: BuiltInWish,
  store: BuiltInDatasets,
  tools: Toolbox,
): AttachedData {
  const { id, name, classNames, imageShape, splits } = manifest
  const output = outputForm(model)
  const { input, form } = onlyPictures(name, model, imageShape)
  if (output.columns !== classNames.length && !(output.columns === 1 && classNames.length === 2))
    throw new StudioError('data/shape-mismatch', {
      dataset: name,
      expected: `${shapeText(input.shape.slice(1))} → ${output.columns ?? '?'}`,
      found: `${shapeText(imageShape)} → ${classNames.length}`,
    })
  const task = output.columns === 1 ? 'binary' : 'classification'
  const plain = plainPreparation(form, imageShape, isOfBytes)
  const scale = manifest.pixelScale.divideBy / 255
  const chosen: DataSettings = settings ?? {
    task,
    // What wants bytes keeps their range.
    preparation: isOfBytes ? plain : { ...plain, std: plain.std.map(() => scale) },
    classMap: null,
  }
  const preparation = chosen.preparation ?? plain
  const labelsOf = ({ labels }: PackedSplit): ClassLabels => ({
    kind: 'classes',
    classNames,
    values: Int32Array.from(labels),
  })
  return {
    summary: {
      id,
      name,
      classNames,
      splits: splits.map((split) => ({ name: split.name, count: split.count })),
      settings: chosen,
      classOrders: classOrders({ classNames }, output.columns),
      tasks: [task, 'unlabelled'],
      own: null,
    },
    split: async (splitName, emit, signal) => {
      const split = await store.split(manifest, splitName, emit, signal)
      const samples: ArraySamples = {
        kind: 'numbers',
        count: split.count,
        shape: imageShape,
        values: split.pixels,
      }
      const reader = pictureReader(arrayPictures(samples), form, preparation, null, (own) =>
        tools.pace.between(own),
      )
      return {
        dataset: id,
        name: splitName,
        key: JSON.stringify([id, splitName, chosen]),
        count: split.count,
        targets: targetsOf(name, labelsOf(split), output, chosen.task, chosen.classMap),
        classes: labelsOf(split).values,
        rows: (chosen, own) => inputRows([reader], model, chosen, own),
        expected: null,
        inputs: async (from, to, own) => {
          const chosen = Uint32Array.from({ length: to - from }, (_, row) => from + row)
          return inputTensors(await inputRows([reader], model, chosen, own), chosen.length)
        },
        pictures: async (index, own) => [await reader.picture(index, own)],
        sample: (index) => ({
          name: `#${index + 1}`,
          label: classNames[split.labels[index] ?? -1] ?? null,
        }),
      }
    },
    drawn: async (pixels, own) => {
      const size = imageShape.reduce((product, side) => product * side, 1)
      if (pixels.length !== size)
        throw new StudioError('data/shape-mismatch', {
          dataset: name,
          expected: shapeText(imageShape),
          found: shapeText([pixels.length]),
        })
      const picture: ArraySamples = { kind: 'numbers', count: 1, shape: imageShape, values: pixels }
      const reader = pictureReader(arrayPictures(picture), form, preparation, null, (signal) =>
        tools.pace.between(signal),
      )
      return inputTensors(await inputRows([reader], model, Uint32Array.of(0), own), 1)
    },
    scaled: null,
    configured: (next) =>
      attachBuiltIn(manifest, model, { settings: next, ofBytes: [isOfBytes] }, store, tools),
    forget: () => undefined,
  }
}
