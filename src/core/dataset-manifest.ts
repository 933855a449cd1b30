import { z } from 'zod'
import { firstIssue } from './first-issue'

// Under a strict content security policy zod must not probe for `new Function`.
z.config({ jitless: true })

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const packedFile = z.object({
  /** Beside the description; a plain file name. */
  path: z.string().regex(/^[\w-]+\.bin$/),
  /** Length of the file: gzip inside, whatever the name ends in. */
  packedBytes: z.int().positive(),
  /** Length and hash after unpacking. */
  bytes: z.int().positive(),
  sha256,
})

const manifestSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  licence: z.string().min(1),
  source: z.string().min(1),
  classNames: z.array(z.string()).min(2),
  /** [height, width, channels] of one image, one byte a value. */
  imageShape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  /** What the models were trained on: byte / divideBy. */
  pixelScale: z.object({ divideBy: z.number().positive() }),
  /** Fixes which images went to which split. */
  splitSeed: z.int(),
  splits: z.array(
    z.object({
      name: z.enum(['train', 'calibration', 'validation', 'test']),
      count: z.int().positive(),
      /** Images of this split at the source; more than `count` where not all are shipped. */
      availableCount: z.int().positive(),
      /** Left out because the same pixels are in a split that was chosen earlier. */
      duplicatesDropped: z.int().nonnegative(),
      images: packedFile,
      labels: packedFile,
    }),
  ),
})

export type DatasetManifest = z.infer<typeof manifestSchema>
export type SplitName = DatasetManifest['splits'][number]['name']
export type PackedFile = z.infer<typeof packedFile>

/** A description that does not say what it must. */
export interface ManifestProblem {
  /** Path of the first wrong field. */
  readonly field: string
  readonly expected: string
}

/** Parses the description of a packed data set and checks that its numbers fit each other. */
export function parseDatasetManifest(input: unknown): DatasetManifest | ManifestProblem {
  const result = manifestSchema.safeParse(input)
  if (!result.success) {
    const { field, expected } = firstIssue(result.error, input)
    return { field, expected }
  }
  const manifest = result.data
  const [height, width, channels] = manifest.imageShape
  for (const [index, split] of manifest.splits.entries()) {
    const imageBytes = split.count * height * width * channels
    if (split.images.bytes !== imageBytes)
      return { field: `splits.${index}.images.bytes`, expected: String(imageBytes) }
    if (split.labels.bytes !== split.count)
      return { field: `splits.${index}.labels.bytes`, expected: String(split.count) }
  }
  return manifest
}
