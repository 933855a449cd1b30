import { z } from 'zod'
import { KEY, rememberKey } from './content-key'
import { asKept, keptFilesSchema } from './kept-files'
import { filesTable } from './kept-table'

/** Names files: those of a built-in sample, which are loaded again and held this then, or what they hold. */
export const fileRefSchema = z.union([
  z.object({ sample: z.string(), held: z.string().regex(KEY) }),
  z.object({ key: z.string().regex(KEY) }),
])
export type FileRef = z.infer<typeof fileRefSchema>

/** Loads the files of a built-in sample. */
export type LoadSample = (id: string) => Promise<readonly File[]>

const bundleSchema = z.object({ files: keptFilesSchema })

/** Files as they are written, under what they hold. */
export function asBundle(files: readonly File[]): object {
  return { files: asKept(files), bytes: bytesOf(files) }
}

export function bytesOf(files: readonly File[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}

const sizedSchema = z.object({ bytes: z.number().nonnegative() })

/** Bytes of what was written; those of something that nobody can read count as none. */
export function bytesOfBundle(stored: unknown): number {
  const parsed = sizedSchema.safeParse(stored)
  return parsed.success ? parsed.data.bytes : 0
}

/** Finds files, each once, so that what was the same is the same again; null: they are gone. */
export function fileFinder(
  loadSample: LoadSample,
): (ref: FileRef) => Promise<readonly File[] | null> {
  const found = new Map<string, Promise<readonly File[] | null>>()
  return (ref) => {
    const name = JSON.stringify(ref)
    const before = found.get(name)
    if (before !== undefined) return before
    const files = 'sample' in ref ? loadSample(ref.sample) : loadBundle(ref.key)
    found.set(name, files)
    return files
  }
}

async function loadBundle(key: string): Promise<readonly File[] | null> {
  const parsed = bundleSchema.safeParse(await filesTable.get(key))
  if (!parsed.success) return null
  rememberKey(parsed.data.files, key)
  return parsed.data.files
}
