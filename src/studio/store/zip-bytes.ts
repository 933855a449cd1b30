import type { OriginalSummary } from '../../core/model-summary'
import type { ReportPlace, ZipSize } from '../../protocol/recipe-messages'

/** The sizes of the zip alone, out of something that has more. */
export function zipSize({ zipped, reportBytes }: ZipSize): ZipSize {
  return { zipped, reportBytes }
}

/** What sizes are compared with: the person's own files, zipped, as float32 where they are it anyway. */
export function openedBytes({ own, zippedFloat32Bytes }: OriginalSummary): number {
  return own?.zippedBytes ?? zippedFloat32Bytes
}

/**
 * Bytes of a zip with report and model card where the person wants them. Whatever size of a zip the page
 * shows comes from here: points, epochs and offers hold both sizes, so that a choice is true of them all.
 */
export function zipBytes({ zipped, reportBytes }: ZipSize, report: ReportPlace): number {
  return report === 'inside' ? zipped : zipped - reportBytes
}
