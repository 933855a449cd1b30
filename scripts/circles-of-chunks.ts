/** A build whose files wait for each other does not start: what one of them exports is not there when the other reads it. */
import type { Plugin } from 'vite'

/** A file of a build, as its bundler tells it. */
interface Chunk {
  readonly fileName: string
  /** Files that run before it. Those that it imports later, by `import()`, are not among them. */
  readonly imports: readonly string[]
}

/** Files that import themselves by way of others, each circle by one of its ways around: `a.js → b.js → a.js`. */
export function circlesOfChunks(chunks: Iterable<Chunk>): readonly string[] {
  const importsOf = new Map([...chunks].map(({ fileName, imports }) => [fileName, imports]))
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (name: string, way: readonly string[]): void => {
    const start = way.indexOf(name)
    if (start !== -1) circles.push([...way.slice(start), name].join(' → '))
    if (start !== -1 || done.has(name)) return
    for (const next of importsOf.get(name) ?? []) walk(next, [...way, name])
    done.add(name)
  }
  for (const name of importsOf.keys()) walk(name, [])
  return circles
}

/** Ends a build that has such a circle, be it of the page or of a worker. */
export function noCirclesOfChunks(): Plugin {
  return {
    name: 'no-circles-of-chunks',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
      const circles = circlesOfChunks(chunks)
      if (circles.length > 0)
        this.error(`Files of the build wait for each other:\n${circles.join('\n')}`)
    },
  }
}
