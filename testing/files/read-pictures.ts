/** Pictures read in a test, and what was understood. */
import type { ReadData } from '../../src/data/data-wishes'
import { readData } from '../../src/data/read-data'
import type { ReadingChoices } from '../../src/data/reading/reading'
import { memoryFile } from '../../src/files/file-bundle'

type Texts = Readonly<Record<string, string>>

/**
 * Reads pictures at these paths, with texts beside them.
 * @param how outputs: columns of the model's output
 */
export function readPictures(
  paths: readonly string[],
  {
    texts = {},
    choices = {},
    outputs = null,
  }: { texts?: Texts; choices?: ReadingChoices; outputs?: number | null } = {},
): Promise<ReadData> {
  const bundle = [
    ...paths.map((path) => memoryFile(path, Uint8Array.of(1))),
    ...Object.entries(texts).map(([path, text]) =>
      memoryFile(path, new TextEncoder().encode(text)),
    ),
  ]
  const output =
    outputs === null
      ? null
      : ({ columns: outputs, kind: 'probabilities', meaning: 'classes' } as const)
  return readData(bundle, { choices, inputs: [], output }, () => Promise.resolve())
}

/** Path of each sample with its class. */
export function samplesOf({ source }: ReadData) {
  if (source?.samples[0].kind !== 'images') throw new Error('no images')
  const {
    labels,
    samples: [samples],
  } = source
  return samples.files.map(({ path }, index) => [
    path,
    labels?.kind === 'classes' ? labels.classNames[labels.values[index] ?? -1] : null,
  ])
}

/** The names of its classes; null where there are none. */
export const classesOf = ({ source }: ReadData) =>
  source?.labels?.kind === 'classes' ? source.labels.classNames : null

/** First names of what was left out, by reason. */
export const leftOf = ({ reading }: ReadData) =>
  Object.fromEntries(reading.account.leftOut.map(({ reason, examples }) => [reason, examples]))

/** What each control stands at. */
export const controlsOf = ({ reading }: ReadData) =>
  Object.fromEntries(reading.controls.map((control) => [control.id, control.value]))
