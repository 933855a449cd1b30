import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { zipSync } from 'fflate'

/** Writes files into a fresh folder of the given name; returns the folder. */
export function writeFolder(name: string, files: ReadonlyMap<string, Uint8Array | string>): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'studio-e2e-')), name)
  for (const [file, content] of files) {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return folder
}

/** Writes one zip of the files, below an inner folder as archivers do; returns its path. */
export function writeZip(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const entries = Object.fromEntries(
    [...files].map(([file, bytes]) => [`${name}/${file}`, bytes] as const),
  )
  const path = join(mkdtempSync(join(tmpdir(), 'studio-e2e-')), `${name}.zip`)
  writeFileSync(path, zipSync(entries))
  return path
}
