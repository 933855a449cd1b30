import { describe, expect, test } from 'vitest'
import { bundleOf, smallModel, textBytes } from '../../../testing/files/layers-files'
import type { LayersFiles } from '../../../testing/files/layers-files'
import { changed, manifestOf, testRefusals } from '../../../testing/files/refusals'
import { memoryFile } from '../../files/file-bundle'
import type { BundleFile, FileBundle } from '../../files/file-bundle'
import { openModel } from '../importers'
import { copyName } from './copy-mark'

const go = () => Promise.resolve()

const [first = '', second = ''] = smallModel().shards.keys()

/** The small model with its weights in one file of 140 bytes, as a browser saves it. */
function download(
  json: string,
  path = './weights.bin',
): (bin: string, bytes?: number) => FileBundle {
  const files: LayersFiles = smallModel()
  manifestOf(files).paths = [path]
  const whole = Uint8Array.from([...files.shards.values()].flatMap((bytes) => [...bytes]))
  return (bin, bytes = whole.length) => [
    memoryFile(json, textBytes(JSON.stringify(files.json))),
    memoryFile(bin, whole.slice(0, bytes)),
  ]
}

const other = (path: string, bytes = 140): BundleFile => memoryFile(path, new Uint8Array(bytes))

test.each([
  ['weights (1).bin', 'weights.bin', '(1)'],
  ['my-model.weights (12).bin', 'my-model.weights.bin', '(12)'],
  ['my-model (1).weights.bin', 'my-model.weights.bin', '(1)'],
  ['weights(1).bin', 'weights.bin', '(1)'],
  ['weights-2.bin', 'weights.bin', '-2'],
  ['resnet-50.weights (1).bin', 'resnet-50.weights.bin', '(1)'],
  ['weights - Copy.bin', 'weights.bin', '- Copy'],
  ['weights - Copy (2).bin', 'weights.bin', '- Copy (2)'],
  ['weights copy 2.bin', 'weights.bin', 'copy 2'],
  ['weights - 副本.bin', 'weights.bin', '- 副本'],
  ['group1-shard1of2.bin', 'group1-shard1of2.bin', ''],
  ['photocopy.bin', 'photocopy.bin', ''],
])('%s is %s, marked %j', (name, plain, mark) => {
  expect(copyName(name)).toEqual({ plain, mark })
})

describe('a second download', () => {
  test.each([
    ['model (1).json', 'weights (1).bin', './weights.bin'],
    ['model(1).json', 'weights(1).bin', 'weights.bin'],
    ['model (2).json', 'weights (1).bin', 'weights.bin'],
    ['model.json', 'my-model.weights (3).bin', './my-model.weights.bin'],
    ['my-model-2.json', 'my-model.weights-2.bin', './my-model.weights.bin'],
    ['model (1).json', 'my model.weights (1).bin', './my%20model.weights.bin'],
    ['model.json', 'epoch-30.bin', 'weights.bin'],
  ])('%s reads %s for %s, and says so', async (json, bin, path) => {
    const opened = await openModel(download(json, path)(bin), go)
    expect(opened.weights[0]?.values[1]).toBe(2 / 64)
    const file = path.replace('./', '')
    expect(opened.notes).toContainEqual({
      code: 'note/paired-by-size',
      params: { count: 1, path: file, file: bin },
    })
  })

  test('of one shard of several is paired with the other one', async () => {
    const files = bundleOf(smallModel()).map((file) =>
      file.path === second ? { ...file, path: second.replace('.bin', ' (1).bin') } : file,
    )
    expect((await openModel(files, go)).weights).toHaveLength(4)
  })

  test('of all shards is paired shard by shard, beside unmarked ones that do not fit', async () => {
    const files = bundleOf(smallModel()).map((file) =>
      file.path === 'model.json'
        ? { ...file, path: 'model (1).json' }
        : { ...file, path: file.path.replace('.bin', ' (1).bin') },
    )
    const old = [other(first, 33), other(second, 12)]
    const opened = await openModel([...files, ...old], go)
    expect(opened.weights[0]?.values[0]).toBe(1 / 64)
    expect(opened.weights[3]?.values[2]).toBe(35 / 64)
  })

  test('that does not fit is passed over for the one that does', async () => {
    const files = download('model (1).json')('weights (2).bin')
    const opened = await openModel([...files, other('weights (1).bin', 99)], go)
    expect(opened.weights[0]?.values[0]).toBe(1 / 64)
  })

  test('is left alone where the file of the name fits and model.json is no copy', async () => {
    const opened = await openModel(
      [...download('model.json')('weights.bin'), other('weights (1).bin')],
      go,
    )
    expect(opened.weights[0]?.values[0]).toBe(1 / 64)
    expect(opened.notes).toEqual([])
  })

  test('with the mark of the model is taken before the file of the name', async () => {
    const opened = await openModel(
      [...download('model (1).json')('weights (1).bin'), other('weights.bin')],
      go,
    )
    expect(opened.weights[0]?.values[0]).toBe(1 / 64)
    expect(opened.notes).toContainEqual({
      code: 'note/paired-by-size',
      params: { count: 1, path: 'weights.bin', file: 'weights (1).bin' },
    })
  })

  test('of metadata beside it is no second model', async () => {
    const meta = memoryFile('metadata (1).json', textBytes('{"labels": ["a", "b", "c"]}'))
    const files = download('my-model (1).json')('weights (1).bin')
    expect((await openModel([meta, ...files], go)).name).toBe('my-model')
  })
})

testRefusals([
  {
    name: 'a second copy of another size',
    files: () => download('model (1).json')('weights (1).bin', 139),
    code: 'open/other-shards',
    message:
      'model (1).json needs 1 weight files of 140 bytes together, 0 arrived. Still missing: weights.bin. Found instead: weights (1).bin (139).',
  },
  {
    name: 'two second copies that both fit',
    files: () => [...download('model (1).json')('weights (1).bin'), other('weights (2).bin')],
    code: 'open/ambiguous-shard',
    message:
      'model (1).json asks for weights.bin, and several files have that name: weights (2).bin, weights (1).bin.',
  },
  {
    name: 'two files of other names that both fit',
    files: () => [...download('model.json')('one.bin'), other('two.bin')],
    code: 'open/other-shards',
    message:
      'model.json needs 1 weight files of 140 bytes together, 0 arrived. Still missing: weights.bin. Found instead: one.bin (140), two.bin (140).',
  },
  {
    name: 'a path that is another spelling of one before it',
    files: () => changed((files) => void manifestOf(files).paths.push(`./${first}`)),
    code: 'open/duplicate-name',
    message: `model.json, weightsManifest[0].paths[2]: "${first}" was used before, at weightsManifest[0].paths[0].`,
  },
])
