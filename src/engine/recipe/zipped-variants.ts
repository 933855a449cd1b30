import { isWorse } from '../../core/proportions'
import type { VariantId } from '../../core/transformers-variants'
import type { Between } from '../../files/between'
import { joinZip, packFiles } from '../../files/zip-writer'
import type { PackedFile } from '../../files/zip-writer'
import { loadingCode, readMe } from '../../formats/transformers-js/read-me'
import type { VariantFacts } from '../../formats/transformers-js/read-me'
import { configFile } from '../../formats/transformers-js/transformers-plan'
import type { TransformersPlan } from '../../formats/transformers-js/transformers-plan'
import type { VariantRow, VariantsZip } from '../../protocol/variant-messages'

/** A variant that may go into a folder. */
export interface KeptVariant {
  readonly packed: PackedFile<Blob>
  readonly row: VariantRow
}

/**
 * A folder for Transformers.js.
 * @param kept at least one
 */
export async function zippedVariants(
  model: string,
  plan: TransformersPlan,
  kept: readonly KeptVariant[],
  between: Between,
): Promise<VariantsZip> {
  const name = folderName(model)
  const rows = kept.map(({ row }) => row)
  const dtype = usualOf(rows)
  const about = [
    readMe(name, rows.map(factsOf), dtype, plan),
    configFile(plan, dtype),
    ...plan.files,
  ]
  const packed = await packFiles(about, between)
  const files: PackedFile<Blob | PackedFile['packed'][number]>[] = [
    ...packed,
    ...kept.map((one) => one.packed),
  ]
  return {
    fileName: `${name}.zip`,
    zip: new Blob(joinZip(files), { type: 'application/zip' }),
    code: loadingCode(name, dtype, plan),
  }
}

/** A name that stands in addresses as it is. */
function folderName(model: string): string {
  const plain = model
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
  return plain === '' ? 'model' : plain
}

/** What is loaded where nobody asks: the smallest that is not worse than the original by more than chance. */
function usualOf(rows: readonly VariantRow[]): VariantId {
  const good = rows.filter(isGood)
  const [first] = (good.length > 0 ? good : rows).toSorted(
    (one, other) => (one.bytes ?? 0) - (other.bytes ?? 0),
  )
  return first?.id ?? 'fp32'
}

function isGood({ measure }: VariantRow): boolean {
  if (measure?.type !== 'accuracy') return true
  return !isWorse(measure.paired.onlyOriginal, measure.paired.onlyCompressed)
}

function factsOf({ bytes, id, measure, times }: VariantRow): VariantFacts {
  return {
    ...{ id, bytes: bytes ?? 0, loadMs: times?.loadMs ?? null, runMs: times?.runMs ?? null },
    accuracy:
      measure?.type === 'accuracy'
        ? {
            ...{ correct: measure.correct, originalCorrect: measure.originalCorrect },
            ...{ measured: measure.measured, ...measure.paired },
          }
        : null,
    agreement: measure?.type === 'agreement' ? measure.agreement : null,
  }
}
