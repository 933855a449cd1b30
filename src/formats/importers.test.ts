import { readFileSync } from 'node:fs'
import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { graphBundle, smallGraph } from '../../testing/files/graph-files'
import { bundleOf, richModel, smallModel, textBytes } from '../../testing/files/layers-files'
import { onnxFiles } from '../../testing/files/onnx-nets'
import { shardedCheckpoints } from '../../testing/files/pickle-files'
import { shardedSafetensors } from '../../testing/files/safetensors-files'
import { faceManifest } from '../../testing/files/weights-manifests'
import type { FormatId } from '../core/model-summary'
import { Drop } from '../files/drop'
import { baseName, memoryFile } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import { formats, missingFiles, openDrop, openModel, walkModel } from './importers'

const go = () => Promise.resolve()

/** Whole models of each kind; a new kind has to pass here. */
const examples: Readonly<Record<FormatId, readonly FileBundle[]>> = {
  'tfjs-layers': [bundleOf(smallModel()), bundleOf(richModel()), faceManifest()],
  'tfjs-graph': [graphBundle(smallGraph())],
  keras: ['small.keras3.keras', 'small.tfkeras.h5'].map((name) => [kerasFile(name)]),
  onnx: [onnxFiles('cnn'), onnxFiles('outside')],
  safetensors: [shardedSafetensors()],
  pytorch: [shardedCheckpoints()],
}

function kerasFile(name: string): BundleFile {
  return memoryFile(name, new Uint8Array(readFileSync(`testing/models/keras/${name}`)))
}

const cases = formats.flatMap((format) =>
  examples[format.id].map((files, index) => [format.id, index, format, files] as const),
)

/** The same file, with a note of every byte that somebody reads. */
function counted(file: BundleFile): { readonly file: BundleFile; readonly reads: Uint8Array } {
  const reads = new Uint8Array(file.size)
  return {
    reads,
    file: {
      ...file,
      read: (start, end) => {
        for (let at = start; at < end; at++) reads[at] = (reads[at] ?? 0) + 1
        return file.read(start, end)
      },
    },
  }
}

/** The files, in a folder, with those of the name counted. */
function watched(files: FileBundle) {
  const all = files.map((file) => counted({ ...file, path: `net/${file.path}` }))
  const json = all.filter(({ file }) => /\.json$/.test(file.path))
  return {
    files: all.map(({ file }) => file),
    hasJson: json.length > 0,
    mostOften: () => Math.max(...json.flatMap(({ reads }) => [...reads])),
    leastOften: () => Math.min(...json.flatMap(({ reads }) => [...reads])),
  }
}

test('a long tensor is shown in pieces, and refused for a value that is no number', async () => {
  const length = 2 ** 20 + 5
  const floats = Float32Array.from({ length }, (_, index) => index % 1000)
  const weights = [{ name: 'fc/weights', shape: [1, length], dtype: 'float32' }]
  const files = (): FileBundle => [
    memoryFile('m.json', textBytes(JSON.stringify([{ paths: ['a.bin'], weights }]))),
    memoryFile('a.bin', new Uint8Array(floats.buffer)),
  ]
  const [found] = (await walked(files())).weights
  expect(found?.longest).toBe(2 ** 20)
  expect(found?.values[length - 1]).toBe(floats[length - 1])
  floats[length - 2] = NaN
  await expect(walked(files())).rejects.toMatchObject({ code: 'open/non-finite' })
})

test('every format is asked once, and has an example', () => {
  expect(formats.map(({ id }) => id).sort()).toEqual(Object.keys(examples).sort())
  for (const { id } of formats) expect(examples[id].length).toBeGreaterThan(0)
})

/** Weights put together again from the pieces that were shown, by name. */
async function walked(files: FileBundle) {
  const arrays = new Map<number, { name: string; values: number[]; longest: number }>()
  const frame = await walkModel(
    files,
    ({ spec, index, from, values }) => {
      const known = arrays.get(index) ?? { name: spec.name, values: [], longest: 0 }
      arrays.set(index, known)
      expect([spec.name, from]).toEqual([known.name, known.values.length])
      for (const value of values) known.values.push(value)
      known.longest = Math.max(known.longest, values.length)
    },
    go,
  )
  return { frame, weights: [...arrays.values()] }
}

describe.each(cases)('%s, example %i', (_id, _index, format, files) => {
  test('is walked through as it opens', async () => {
    const { topology, signature, metadata, ml5Specs, weights } = await openModel(files, go)
    const found = await walked(files)
    expect(found.frame).toEqual({ topology, signature, metadata, ml5Specs })
    expect(found.weights.map(({ name, values }) => [name, values])).toEqual(
      weights.map(({ spec, values }) => [spec.name, [...values]]),
    )
  })

  test('is recognised by its own format alone, whoever looks first', async () => {
    const drop = new Drop(files)
    for (const other of formats.toReversed()) {
      const found = await other.recognise(drop, go)
      if (other === format) expect(found?.format).toBe(format.id)
      else expect(found).toBeNull()
    }
  })

  test('opens with nothing read twice, by all formats together', async () => {
    const { files: own, hasJson, mostOften, leastOften } = watched(files)
    const drop = new Drop(own)
    for (const other of formats) await other.recognise(drop, go)
    const found = await format.recognise(drop, go)
    expect(found?.missing()).toEqual([])
    expect((await found?.open(go))?.format).toBe(format.id)
    if (hasJson) expect([leastOften(), mostOften()]).toEqual([1, 1])
  })

  test('opens twice the same from what was kept: nobody changes it', async () => {
    const drop = new Drop(files)
    const once = await openDrop(drop, go)
    expect(await openDrop(drop, go)).toEqual(once)
    expect(await openModel(files, go)).toEqual(once)
  })

  test('says by name what is missing, file by file, and reads its JSON once in all', async () => {
    const { files: own, hasJson, mostOften } = watched(files)
    const [first, ...later] = own.toSorted((a, b) => Number(isJson(b)) - Number(isJson(a)))
    if (first === undefined) throw new Error('no files')
    let drop = new Drop([first])
    for (const [index, next] of later.entries()) {
      const names = later.slice(index).map(({ path }) => baseName(path))
      expect([...(await missingFiles(drop, go))].sort()).toEqual(names.sort())
      drop = new Drop([...drop.files, next], drop)
    }
    expect(await missingFiles(drop, go)).toEqual([])
    expect((await openDrop(drop, go)).format).toBe(format.id)
    if (hasJson) expect(mostOften()).toBe(1)
  })

  test('opens from a zip, which lacks nothing until it is opened', async () => {
    const read = async (file: BundleFile) => [file.path, await file.read(0, file.size)] as const
    const entries = await Promise.all(files.map(read))
    const drop = new Drop([memoryFile('net.zip', zipSync(Object.fromEntries(entries)))])
    expect(await missingFiles(drop, go)).toEqual([])
    expect((await openDrop(drop, go)).format).toBe(format.id)
  })
})

function isJson({ path }: BundleFile): boolean {
  return /\.json$/.test(path)
}

describe('a drop in several goes', () => {
  const [model, first, second] = bundleOf(smallModel()).toSorted(
    (a, b) => Number(isJson(b)) - Number(isJson(a)),
  )
  if (model === undefined || first === undefined || second === undefined) throw new Error('three')
  const later = (before: Drop, ...files: readonly BundleFile[]): Drop =>
    new Drop([...before.files, ...files], before)

  test('weights alone wait for their model', async () => {
    const drop = new Drop([second])
    expect(await missingFiles(drop, go)).toEqual(['model.json'])
    const two = later(drop, model)
    expect(await missingFiles(two, go)).toEqual([first.path])
    expect((await openDrop(later(two, first), go)).weights).toHaveLength(4)
  })

  test('another file of the same name is read anew', async () => {
    const { modelTopology, ...rest } = smallModel().json
    const other = memoryFile(
      model.path,
      textBytes(JSON.stringify({ ...rest, weightsManifest: [{ paths: ['x.bin'], weights: [] }] })),
    )
    expect(modelTopology).toBeDefined()
    const drop = new Drop([model])
    expect(await missingFiles(drop, go)).toEqual([first.path, second.path])
    expect(await missingFiles(new Drop([other], drop), go)).toEqual(['x.bin'])
  })

  test('what is wrong with the JSON is said at once, and again from what was kept', async () => {
    const broken = counted(memoryFile('model.json', textBytes('{"modelTopology": ')))
    const drop = new Drop([broken.file, first])
    for (let time = 0; time < 2; time++)
      await expect(missingFiles(drop, go)).rejects.toMatchObject({
        code: 'open/json-syntax',
        params: { line: 1, column: 19 },
      })
    expect(Math.max(...broken.reads)).toBe(1)
  })

  test('shards of the same name in two folders are told apart by their folder, or refused', async () => {
    const twin = memoryFile(`backup/${first.path}`, new Uint8Array(70))
    expect(await missingFiles(new Drop([model, first, second, twin]), go)).toEqual([])
    const moved = [first, second].map((file) => ({ ...file, path: `a/${file.path}` }))
    await expect(missingFiles(new Drop([model, ...moved, twin]), go)).rejects.toMatchObject({
      code: 'open/ambiguous-shard',
      params: { shard: first.path, found: `a/${first.path}, backup/${first.path}` },
    })
  })

  test('notes of a model alone wait for it as well', async () => {
    const notes = memoryFile('metadata.json', textBytes('{"labels": ["a"]}'))
    expect(await missingFiles(new Drop([notes]), go)).toEqual(['model.json'])
  })

  test.each([
    ['what nobody knows', [memoryFile('README.md', textBytes('# hi'))], 'open/no-model-json'],
    [
      'JSON of another kind',
      [memoryFile('package.json', textBytes('{"name": "x"}'))],
      'open/no-model-json',
    ],
    [
      'a picture alone',
      [memoryFile('cat.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a))],
      'open/is-image',
    ],
    [
      'two models',
      [model, first, second, memoryFile('b/model.json', textBytes('{}'))],
      'open/several-models',
    ],
  ])('%s is refused at once', async (_, files, code) => {
    await expect(missingFiles(new Drop(files), go)).rejects.toMatchObject({ code })
  })

  test('a folder with other files around the model is complete', async () => {
    const folder = [model, first, second].map((file) => ({ ...file, path: `net/${file.path}` }))
    const drop = new Drop([
      ...folder,
      memoryFile('net/README.md', textBytes('# hi')),
      memoryFile('net/labels.json', textBytes('["a"]')),
    ])
    expect(await missingFiles(drop, go)).toEqual([])
    expect((await openDrop(drop, go)).name).toBe('net')
  })
})
