import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { StudioError } from '../../src/core/errors'
import type { ErrorCode, StudioErrorData } from '../../src/core/errors'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { openModel } from '../../src/formats/importers'
import { hashFiles, writeReport } from '../../src/formats/report'
import errors from '../../src/studio/i18n/en/errors.json'
import page from '../../src/studio/i18n/en/page.json'
import { factsIn, saidWith } from '../../src/studio/i18n/error-facts'
import chinese from '../../src/studio/i18n/zh-CN/errors.json'
import chinesePage from '../../src/studio/i18n/zh-CN/page.json'
import phrases from '../../src/studio/i18n/zh-CN/phrases.json'
import { bundleOf, dense, smallModel, textBytes } from './layers-files'
import type { LayerJson, LayersFiles } from './layers-files'
import chineseRefusals from './refusals.zh-CN.json'

const go = () => Promise.resolve()

/** Broken files and the refusal they must meet. */
export interface BrokenCase {
  readonly name: string
  readonly files: () => FileBundle | Promise<FileBundle>
  readonly code: ErrorCode
  readonly message: string
  /** The Chinese sentence, where it is held to the letter as well. */
  readonly chinese?: string
}

const sentences: Readonly<Record<string, { message: string }>> = errors

const counts: Readonly<Record<string, string>> = page.counts

/** The English sentence, as the page shows it. */
export function sentence(error: StudioErrorData): string {
  return filled(sentences[error.code]?.message ?? error.code, error.params, counts)
}

/** The Chinese one. */
export function chineseSentence({ code, params }: StudioErrorData): string {
  const all: typeof sentences = chinese
  return saidWith(phrases, params, (facts) =>
    filled(all[code]?.message ?? code, facts, chinesePage.counts),
  )
}

function filled(
  words: string,
  params: StudioErrorData['params'],
  own: Readonly<Record<string, string>>,
): string {
  return words
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name]))
    .replace(/\$t\(page:counts\.(\w+), \{"count": (\d+) \}\)/g, (_, name: string, count: string) =>
      (own[`${name}_${count === '1' ? 'one' : 'other'}`] ?? own[`${name}_other`] ?? name).replace(
        '{{count}}',
        count,
      ),
    )
}

/** Facts are words of a language, or names and numbers: an English phrase may not be left in Chinese. */
export function expectNoEnglish({ params }: StudioErrorData): void {
  const { expected = '', field = '', reason = '' } = factsIn(phrases, params)
  for (const fact of [expected, field, reason])
    if (/[a-z]{2,} [a-z]{2,}/i.test(String(fact))) expect(fact).toMatch(/\p{Script=Han}/u)
}

async function refusal(files: FileBundle): Promise<StudioError> {
  try {
    const { obstacles } = await openModel(files, go)
    // Open for its weights alone: the reason is a refusal to run.
    if (obstacles.run !== null) return StudioError.from(obstacles.run)
  } catch (error) {
    if (error instanceof StudioError) return error
    throw error
  }
  throw new Error('the model opened')
}

/** The small model after one change. */
export function changed(change: (files: LayersFiles) => void): FileBundle {
  const files = smallModel()
  change(files)
  return bundleOf(files)
}

export function layerOf(files: LayersFiles, index: number): LayerJson {
  const layer = files.json.modelTopology.model_config.config.layers[index]
  if (layer === undefined) throw new Error(`no layer ${index}`)
  return layer
}

export function manifestOf(files: LayersFiles): LayersFiles['json']['weightsManifest'][number] {
  const [group] = files.json.weightsManifest
  if (group === undefined) throw new Error('no manifest')
  return group
}

export function weightOf(
  files: LayersFiles,
  index: number,
): LayersFiles['json']['weightsManifest'][number]['weights'][number] {
  const weight = manifestOf(files).weights[index]
  if (weight === undefined) throw new Error(`no weight ${index}`)
  return weight
}

export const first = 'group1-shard1of2.bin'
export const second = 'group1-shard2of2.bin'

export function setShard(
  files: LayersFiles,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
): void {
  files.shards.set(path, change(files.shards.get(path) ?? new Uint8Array(0)))
}

/** The small model after a change to the text of its model.json. */
export function text(change: (json: string) => string): FileBundle {
  return bundleOf(smallModel()).map((file) =>
    file.path === 'model.json'
      ? memoryFile('model.json', textBytes(change(JSON.stringify(smallModel().json))))
      : file,
  )
}

export function alone(path: string, bytes: Uint8Array | string): FileBundle {
  return [memoryFile(path, typeof bytes === 'string' ? textBytes(bytes) : bytes)]
}

export function zipped(entries: Record<string, Uint8Array>): FileBundle {
  return [memoryFile('model.zip', zipSync(entries))]
}

/** The small model with a layer of another class between the two dense ones. */
export function withLayer(className: string, config: LayerJson['config']): FileBundle {
  return changed((files) => {
    files.json.modelTopology.keras_version = 'tfjs-layers 4.22.0'
    const middle = dense('middle', 4, 'first')
    middle.class_name = className
    middle.config = { name: 'middle', ...config }
    files.json.modelTopology.model_config.config.layers.splice(2, 0, middle)
    layerOf(files, 3).inbound_nodes = [[['middle', 0, 0, {}]]]
  })
}

export const fill = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte)
export const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 70\n'

/** A dropped export of the studio whose two shards changed places. */
export async function swapped(): Promise<FileBundle> {
  const files = smallModel()
  const shards = [...files.shards].map(([path, bytes]) => ({ path, bytes }))
  const report = writeReport({
    model: 'small',
    modelFormat: 'tfjs-layers',
    parameters: 400,
    versions: {},
    recipe: {},
    seed: 1,
    training: [],
    layers: [],
    tensors: [],
    files: await hashFiles(shards, go),
    original: {
      ...{ name: 'tiny', parameters: 400, macs: null, float32Bytes: 1600 },
      ...{ zippedFloat32Bytes: 1, own: null },
    },
    removed: null,
    data: null,
    calibration: null,
    places: [],
  })
  const [a, b] = shards
  if (a === undefined || b === undefined) throw new Error('two shards')
  files.shards.set(a.path, b.bytes).set(b.path, a.bytes)
  return [...bundleOf(files), memoryFile(report.path, report.bytes)]
}

/**
 * One test for each case: the code, and the sentence to the letter.
 * @param kind whose Chinese sentences in refusals.zh-CN.json these cases are held to, each to the letter
 */
export function testRefusals(
  cases: readonly BrokenCase[],
  kind: keyof typeof chineseRefusals | null = null,
): void {
  const inChinese: Readonly<Record<string, string>> = kind === null ? {} : chineseRefusals[kind]
  if (kind !== null)
    test(`each of these ${kind} has its Chinese sentence`, () => {
      expect(cases.map(({ name }) => name).toSorted()).toEqual(Object.keys(inChinese).toSorted())
    })
  test.each(cases.map((item) => [item.name, item] as const))('%s', async (_, item) => {
    const error = await refusal(await item.files())
    expect(error.code).toBe(item.code)
    expect(withShortHashes(sentence(error))).toBe(item.message)
    const chinese = item.chinese ?? inChinese[item.name]
    if (chinese !== undefined)
      expect(withShortHashes(chineseSentence(error.toData()))).toBe(chinese)
    expectNoEnglish(error)
  })
}

/** So that a sentence fits a line of the table. */
function withShortHashes(text: string): string {
  return text.replace(/\b([\da-f]{2})[\da-f]{62}\b/g, '$1')
}
