import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { zipSync } from 'fflate'

export type SampleId = 'lenet-300-100' | 'lenet-5' | 'fashion-cnn'

/** The files of a built-in sample as they lie in public/, by base name. */
export function sampleFiles(id: SampleId): Map<string, Uint8Array<ArrayBuffer>> {
  const folder = join('public/models', id)
  const manifest = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    weightsManifest: { paths: string[] }[]
  }
  const names = ['model.json', ...manifest.weightsManifest.flatMap((group) => group.paths)]
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]))
}

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
