/** Writes the tables of who may import whom into ARCHITECTURE.md. Run: `npm run docs:walls` */
import { readFileSync, writeFileSync } from 'node:fs'
import { withWalls } from './walls-table.ts'

const page = 'ARCHITECTURE.md'
writeFileSync(page, withWalls(readFileSync(page, 'utf8')))
