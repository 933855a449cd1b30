import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a build says of itself: its version and, where it is built in a repository, the commit. */
export function buildFacts(): Record<string, string> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const facts = { STUDIO_VERSION: version, STUDIO_COMMIT: commit() }
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      `import.meta.env.${name}`,
      value === undefined ? 'undefined' : JSON.stringify(value),
    ]),
  )
}

function commit(): string | undefined {
  try {
    const found = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return found.trim()
  } catch {
    // A copy of the source without its history.
    return undefined
  }
}
