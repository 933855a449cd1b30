import { zipSync } from 'fflate'
import { expect, it } from 'vitest'
import { drained, exactFile, file, freshEngine } from '../../../testing/engine/drive-engine'
import { quantized } from '../../../testing/engine/drive-engine'
import { onnxFiles } from '../../../testing/files/onnx-nets'
import type { AgreementEvent } from '../../protocol/measure-messages'

const engine = freshEngine()

async function bytesOf(net: string): Promise<Uint8Array> {
  const [model] = onnxFiles(net)
  if (model === undefined) throw new Error(`no ${net}`)
  return model.read(0, model.size)
}

const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

it('a folder of transformers.js names its model, its classes and its preparation', async () => {
  const names = Array.from({ length: 10 }, (_, at) => `class ${at + 1}`)
  const zip = zipSync({
    'digits/onnx/model.onnx': await bytesOf('cnn'),
    'digits/config.json': json({
      model_type: 'resnet',
      id2label: Object.fromEntries(names.map((name, at) => [String(at), name])),
    }),
    'digits/preprocessor_config.json': json({
      ...{ do_resize: true, size: { height: 12, width: 12 } },
      ...{ do_normalize: true, image_mean: [0.5], image_std: [0.25] },
    }),
  })
  const { result } = await drained(engine.current.model.open({ files: [file('drop.zip', zip)] }))
  expect(result.name).toBe('digits')
  expect(result.outputNames).toEqual({ names, file: 'digits/config.json' })
  expect(result.notes).toContainEqual({
    code: 'note/preparation',
    params: { file: 'digits/preprocessor_config.json' },
  })
})

it.each([
  ['in halves', 'half.hand'],
  ['of 2, 4 and 8 bits in blocks', 'words'],
])('weights %s are compressed further, and open again as what was measured', async (_, net) => {
  const { result: opened } = await drained(
    engine.current.model.open({ files: [file('net.onnx', await bytesOf(net))] }),
  )
  const recipe = quantized(3)
  const tried = await engine.current.recipe.try({ recipe })
  const { result: download } = await drained(
    engine.current.recipe.export({ recipe, target: opened.targets[0] ?? exactFile }),
  )
  const { measured, relativeError: found } = tried.measure as AgreementEvent
  // A file that computes with halves holds halves, and its own runtime rounds to them on the way.
  const near = expect.closeTo(found, 2) as unknown
  expect(download.validation).toMatchObject({ type: 'agreement', measured, relativeError: near })
  expect(download.zip.size).toBe(tried.size.zipped)
  const { result: again } = await drained(
    engine.current.model.open({ files: [new File([download.zip], 'net.zip')] }),
  )
  expect(again.obstacles.run).toBeNull()
  expect(again.totals.parameters).toBe(opened.totals.parameters)
  // Fewer bits move what it says, and leave most of it.
  const { relativeError } = tried.measure as { readonly relativeError: number }
  expect(relativeError).toBeGreaterThan(0)
  expect(relativeError).toBeLessThan(0.8)
})
