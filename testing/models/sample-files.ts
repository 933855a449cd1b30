import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The files of a built-in model as they lie in public/, by name; model.json comes first. */
export function sampleBytes(id: string): Map<string, Uint8Array<ArrayBuffer>> {
  return modelBytes(join('public/models', id))
}

/** The files of a model in a folder, by name; model.json comes first. */
export function modelBytes(folder: string): Map<string, Uint8Array<ArrayBuffer>> {
  const others = readdirSync(folder).filter((name) => name.endsWith('.bin'))
  return new Map(
    ['model.json', ...others.toSorted()].map((name) => [
      name,
      new Uint8Array(readFileSync(join(folder, name))),
    ]),
  )
}

/** A built-in model as if it had been dropped. */
export function sampleFiles(id: string): File[] {
  return [...sampleBytes(id)].map(([name, bytes]) => new File([bytes], name))
}
