import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Writes files below a fresh folder; returns their paths. */
export function writeFiles(files: ReadonlyMap<string, Uint8Array | string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'studio-e2e-'))
  return [...files].map(([name, content]) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  })
}
