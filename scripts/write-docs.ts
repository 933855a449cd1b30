/**
 * Writes what documents repeat of the repository: who may import whom (ARCHITECTURE.md), the index of
 * decisions and the licences of libraries (NOTICE). Run: `npm run docs`
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { withDecisions } from './decisions-index.ts'
import { withWalls } from './floors/walls-table.ts'
import { withLibraries } from './libraries-notice.ts'

const decisions = 'docs/decisions'
rewrite('ARCHITECTURE.md', withWalls)
rewrite('NOTICE', withLibraries)
rewrite(`${decisions}/README.md`, (index) => withDecisions(index, decisions))

function rewrite(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}
