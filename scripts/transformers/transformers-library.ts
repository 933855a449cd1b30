import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version that folders are tried with; README.md of a folder names it, too. */
export const LIBRARY = '@huggingface/transformers@4.3.2'

/**
 * The real library, fetched by npm into a folder of its own: nothing here depends on it. Scripts of packages do not run;
 * the runtime of ONNX for Node brings all that a processor needs.
 * @throws where there is no network
 */
export function fetchLibrary(folder: string): void {
  if (existsSync(join(folder, 'node_modules/@huggingface/transformers/package.json'))) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const { status } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', LIBRARY],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  if (status !== 0) throw new Error(`${LIBRARY} cannot be fetched from here: is there a network?`)
}

/** Runs a script where the library lies. @returns what it prints @throws where it fails */
export function runThere(folder: string, script: string, ...given: readonly string[]): string {
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...given], {
    ...{ cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 },
  })
  if (status !== 0)
    throw new Error(`${script} ended with ${String(status)}: ${stderr.slice(-2000)}`)
  return stdout
}
