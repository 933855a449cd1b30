import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

/** Runs every bench, or those whose name contains one of the arguments; each prints JSON lines. */
const wanted = process.argv.slice(2)
const benches = readdirSync('bench')
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
  .toSorted()

let failed = 0
for (const file of benches) {
  const { status } = spawnSync('npx', ['tsx', `bench/${file}`], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    failed++
    console.error(`${file} failed`)
  }
}
process.exitCode = failed === 0 ? 0 : 1
