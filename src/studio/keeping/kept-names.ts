/** What is named by something that is kept: it stays as long as that does. */
import { KEY } from './content-key'

/** Keys of files, wherever they stand; also in what nobody can read, whose files are not thrown away. */
export function filesNamedIn(...stored: readonly unknown[]): ReadonlySet<string> {
  return namesIn(stored, 'key')
}

/** Ids of trained weights that settings name. */
export function trainedNamedIn(...stored: readonly unknown[]): ReadonlySet<string> {
  return namesIn(stored, 'trained')
}

function namesIn(stored: unknown, field: string): ReadonlySet<string> {
  const names = new Set<string>()
  const waiting: unknown[] = [stored]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null || value instanceof Blob) continue
    if (ArrayBuffer.isView(value)) continue
    for (const [name, inner] of Object.entries(value) as [string, unknown][])
      if (name === field && typeof inner === 'string' && KEY.test(inner)) names.add(inner)
      else waiting.push(inner)
  }
  return names
}
