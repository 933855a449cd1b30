import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
]

/** Relative link targets, and code spans that name a path of this repository. */
function pathsIn(document: string): string[] {
  const text = readFileSync(document, 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) =>
    resolve(dirname(document), match[1] ?? ''),
  )
  const spans = [
    ...text.matchAll(/`((?:src|docs|scripts|golden|bench|e2e|public)\/[\w./-]*)`/g),
  ].map((match) => resolve(match[1] ?? ''))
  return [...links, ...spans]
}

describe('documents', () => {
  it.each(documents)('%s names only paths that exist', (document) => {
    expect(pathsIn(document).filter((path) => !existsSync(path))).toEqual([])
  })
})
