/**
 * Packs the cases that `npm run check:onnx -- --cases FOLDER` passes, and that are small, for the test line.
 * Run: `npx tsx scripts/pack-onnx-cases.ts FOLDER NAMES`, where NAMES is a file with one name in each line.
 */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'

/** Bytes of all files of a case. */
const MOST = 20_000

const [folder = '', names = ''] = process.argv.slice(2)
const entries: Record<string, Uint8Array> = {}
let count = 0
for (const name of readFileSync(names, 'utf8')
  .split('\n')
  .filter((line) => line !== '')) {
  const files = readdirSync(join(folder, name)).map((file) => join(name, file))
  const size = files.reduce((all, file) => all + statSync(join(folder, file)).size, 0)
  if (size > MOST) continue
  count++
  for (const file of files) entries[file] = new Uint8Array(readFileSync(join(folder, file)))
}
// Of one moment, so that the same cases make the same file.
const packed = zipSync(entries, { level: 9, mtime: '2026-01-01T00:00:00Z' })
writeFileSync('testing/files/onnx-node-cases.zip', packed)
console.log(`${count} cases, ${packed.length} bytes`)
