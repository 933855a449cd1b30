import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface Package {
  readonly version: string
  readonly repository?: string | { readonly url: string }
}

/**
 * What a build says of itself: its version, where its source is, if it has been told, and the commit, where it is built
 * in a repository.
 */
export function buildFacts(): Record<string, string> {
  const { repository, version } = JSON.parse(readFileSync('package.json', 'utf8')) as Package
  const facts = {
    STUDIO_VERSION: version,
    STUDIO_COMMIT: commit(),
    STUDIO_SOURCE: sourceAddress(process.env['STUDIO_SOURCE'], repository),
  }
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

/**
 * Where a browser finds the source.
 * @param told whoever builds it may say so
 * @returns undefined where nobody has said it in a way that a browser understands
 */
export function sourceAddress(
  told: string | undefined,
  repository: Package['repository'],
): string | undefined {
  const written = told ?? (typeof repository === 'string' ? repository : repository?.url)
  const address = written?.replace(/^git\+/, '').replace(/\.git$/, '')
  return address !== undefined && /^https?:\/\/\S+$/.test(address) ? address : undefined
}
