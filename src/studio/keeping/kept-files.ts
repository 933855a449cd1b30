import { z } from 'zod'
import { droppedPath } from '../../protocol/dropped-file'

/** Files as a database of the browser holds them: a stored File forgets the folder it was dropped with. */
export const keptFilesSchema = z
  .array(z.object({ path: z.string(), blob: z.instanceof(Blob) }))
  .min(1)
  .transform((files) => files.map(({ path, blob }) => new File([blob], path)))

export function asKept(files: readonly File[]): z.input<typeof keptFilesSchema> {
  return files.map((file) => ({ path: droppedPath(file), blob: file }))
}
