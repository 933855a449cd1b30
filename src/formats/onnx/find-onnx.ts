import { StudioError } from '../../core/errors'
import type { Between } from '../../files/between'
import type { Drop } from '../../files/drop'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { isOnnx } from '../../files/sniff'
import { isModelFile } from '../format'
import { copyName } from '../tfjs-files/copy-mark'
import { everyTensor } from './every-tensor'
import type { OnnxModel } from './onnx-model'
import { withOwnWeights } from './own-decodings'
import { readModel } from './read-model'
import type { OnnxFiles } from './tensor-bytes'

export interface FoundOnnx {
  readonly model: OnnxModel
  readonly files: OnnxFiles
  /** Files that tensors name and that are not there. */
  readonly missing: readonly string[]
}

const NAMED = /\.onnx$/i

/**
 * Finds a file of ONNX among others, and those that its tensors name: by their base names, so that nothing outside what
 * was dropped is ever read.
 * @returns null where there is none
 * @throws StudioError 'open/several-models', and as `readModel`
 */
export async function findOnnx(drop: Drop, between: Between): Promise<FoundOnnx | null> {
  const candidates = drop.files.filter(isModelFile)
  const found: BundleFile[] = []
  for (const file of candidates) {
    const isNamed = NAMED.test(file.path)
    if (!isNamed && candidates.length > 1) continue
    if (isOnnx(file.path, await drop.head(file))) found.push(file)
    else if (isNamed) {
      await drop.refuseWrongKind(file)
      throw new StudioError('open/onnx-damaged', {
        ...{ file: file.path, place: 'the start of the file' },
        reason: 'it is no ONNX model',
      })
    }
  }
  const [file, other] = found
  if (file === undefined) return null
  if (other !== undefined)
    throw new StudioError('open/several-models', {
      files: found.map(({ path }) => path).join(', '),
    })
  const read = await readModel(file, between)
  const model = { ...read, graph: withOwnWeights(read.graph) }
  const named = new Set<string>()
  for (const { data } of everyTensor(model.graph))
    if (data.kind === 'external') named.add(data.location)
  const others = candidates.filter((one) => one !== file)
  const external = new Map<string, BundleFile>()
  for (const location of named) {
    const found = fileAt(location, others, named)
    if (found !== null) external.set(location, found)
  }
  const missing = [...named].filter((name) => !external.has(name)).map((name) => baseName(name))
  return { model, files: { model: file, external }, missing }
}

/**
 * The file that a model calls so: the only one of that name, or of several the one that lies in such a folder.
 * @param named all names that the model has for files: two that end alike are two files
 */
function fileAt(
  location: string,
  files: readonly BundleFile[],
  named: ReadonlySet<string>,
): BundleFile | null {
  const name = baseName(location)
  const alike = files.filter(({ path }) => {
    const own = baseName(path)
    return own === name || copyName(own).plain === name
  })
  const isAlone = [...named].filter((other) => baseName(other) === name).length === 1
  const [first, second] = alike
  if (first !== undefined && second === undefined && isAlone) return first
  const there = alike.filter(({ path }) =>
    `/${path}`.endsWith(`/${location.replace(/^(?:\.?\/)+/, '')}`),
  )
  const [only, another] = there
  return another === undefined ? (only ?? null) : null
}
