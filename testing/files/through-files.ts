import { writeModel } from '../../src/formats/exporters'
import type { OpenedModel } from '../../src/formats/format'
import { openModel } from '../../src/formats/importers'
import { memoryFile } from '../../src/files/file-bundle'

const go = (): Promise<void> => Promise.resolve()

/** The model written as plain floats, and opened again. */
export async function throughFiles(model: OpenedModel): Promise<OpenedModel> {
  const target = { container: model.container, precision: 'float32' } as const
  const { files } = await writeModel(model, model.weights, target, go)
  return openModel(
    files.map(({ path, bytes }) => memoryFile(path, bytes)),
    go,
  )
}
