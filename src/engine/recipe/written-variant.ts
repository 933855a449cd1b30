import { StudioError } from '../../core/errors'
import { variantSuffixes } from '../../core/transformers-variants'
import type { Between } from '../../files/between'
import { memoryFile } from '../../files/file-bundle'
import { joinZip, packEach } from '../../files/zip-writer'
import type { PackedFile } from '../../files/zip-writer'
import { storedKinds } from '../../formats/exporter'
import type { StoredKind } from '../../formats/exporter'
import type { OpenedModel, RefillableFile } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { asWritten } from '../../formats/onnx/export-onnx'
import { writeVariant } from '../../formats/transformers-js/write-variant'
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
  /** Ports as they are to be, places for the numbers of weights. */
  readonly fileOf: (model: OpenedModel) => RefillableFile
  /** What files are called before the ending of a variant. */
  readonly stem: string
}

/**
 * Writes a variant and reads it again.
 * @throws StudioError 'export/float16-range', 'export/verify-failed', 'open/...', 'engine/cancelled'
 */
export async function writtenVariant(
  ground: WorkGround,
  runner: RecipeRunner,
  { id, recipe, fileOf, stem }: Asked,
  between: Between,
  signal: AbortSignal,
): Promise<WrittenFile> {
  const { opened } = ground.state
  const own = variantRecipe(recipe, id)
  const result = await runner.run(ground, own, signal)
  const precision = variantPrecision(id)
  const { model, tensors: made } = asWritten(opened, exportTensors(opened, result), precision)
  const tensors = variantTensors(model, made, id)
  const { bytes, forms } = await writeVariant(model, fileOf(model), tensors, precision, between)
  const path = `onnx/${stem}${variantSuffixes[id]}.onnx`
  const [packed] = await packEach([{ path, bytes }], between, (part) => new Blob([part]))
  if (packed === undefined) throw new RangeError('a file that was not packed')
  const expected = { opened, forms }
  const zip = new Blob(joinZip([packed]))
  await verifyFile({ zip, packed: [packed] }, expected, between)
  const again = await openModel([memoryFile(path, bytes)], () => between(0, 0))
  if (again.obstacles.run !== null) throw StudioError.from(again.obstacles.run)
  return {
    ...{ packed, bytes },
    opened: { ...again, refillable: [bytes] },
    kinds: storedKinds(forms),
  }
}
