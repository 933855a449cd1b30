import { StudioError } from '../../core/errors'
import { ONNX_FILES } from '../../core/model-summary'
import { variantSuffixes } from '../../core/transformers-variants'
import type { Between } from '../../files/between'
import { memoryFile } from '../../files/file-bundle'
import { joinZip, packEach } from '../../files/zip-writer'
import type { PackedFile } from '../../files/zip-writer'
import { storedKinds } from '../../formats/exporter'
import type { StoredKind } from '../../formats/exporter'
import { exporterFor } from '../../formats/exporters'
import type { OpenedModel, RefillableFile } from '../../formats/format'
import { openModel } from '../../formats/importers'
import type { Recipe } from '../../techniques/recipe'
import type { WorkGround } from '../measure/work-ground'
import { exportTensors } from './export-tensors'
import type { RecipeRunner } from './recipe-runner'
import { variantPrecision, variantRecipe, variantTensors } from './variant-recipe'
import type { WrittenVariant } from './variant-recipe'
import { verifyFile } from './verify-file'

/** A variant whose file was written, and read again with the weights that were meant. */
export interface WrittenFile {
  readonly packed: PackedFile<Blob>
  readonly bytes: Uint8Array
  /** As it opens, with its own bytes for the runtime of ONNX. */
  readonly opened: OpenedModel
  readonly kinds: readonly StoredKind[]
}

interface Asked {
  readonly id: WrittenVariant
  readonly recipe: Recipe
  /** Of all variants: ports as they are to be, places for the numbers of weights. */
  readonly skeleton: RefillableFile
  /** What files are called before the ending of a variant. */
  readonly stem: string
}

/**
 * Writes a variant and reads it again.
 * @param between of writing, and of reading
 * @throws StudioError 'export/float16-range', 'export/verify-failed', 'open/...', 'engine/cancelled'
 */
export async function writtenVariant(
  ground: WorkGround,
  runner: RecipeRunner,
  { id, recipe, skeleton, stem }: Asked,
  [writing, reading]: readonly [Between, Between],
  signal: AbortSignal,
): Promise<WrittenFile> {
  const { opened } = ground.state
  const own = variantRecipe(recipe, id)
  const result = await runner.run(ground, own, signal)
  const tensors = variantTensors(opened, exportTensors(opened, result), id)
  const exported = await exporterFor(ONNX_FILES).write(
    { ...opened, skeleton },
    tensors,
    variantPrecision(id),
    writing,
  )
  const [file] = exported.files
  if (file === undefined) throw new RangeError('a model without a file')
  const path = `onnx/${stem}${variantSuffixes[id]}.onnx`
  const [packed] = await packEach([{ ...zipped(file), path }], writing, (part) => new Blob([part]))
  if (packed === undefined) throw new RangeError('a file that was not packed')
  const expected = { opened, forms: exported.held }
  await verifyFile(new Blob(joinZip([packed])), expected, reading)
  const { bytes } = file
  const again = await openModel([memoryFile(path, bytes)], () => reading(0, 0))
  if (again.obstacles.run !== null) throw StudioError.from(again.obstacles.run)
  return {
    ...{ packed, bytes },
    opened: { ...again, refillable: [bytes] },
    kinds: storedKinds(exported.held),
  }
}

function zipped({
  bytes,
  read,
  size,
}: {
  readonly bytes: Uint8Array
  readonly size: number
  readonly read?: (from: number, to: number) => Uint8Array
}) {
  return read === undefined ? { bytes, size } : { size, read, bytes }
}
