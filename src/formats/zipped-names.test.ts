import { expect, it } from 'vitest'
import { encodedName } from '../../testing/files/encoded-names'
import { smallModel, textBytes } from '../../testing/files/layers-files'
import { zipBytes } from '../../testing/files/zip-bytes'
import { joinBytes } from '../core/join-arrays'
import { memoryFile } from '../files/file-bundle'
import { openModel } from './importers'

it('a model in a zip of an old system opens, its shards by the names that its file has', async () => {
  const { json, shards } = smallModel()
  const shard = joinBytes([...shards.values()])
  const manifest = json.weightsManifest.map((group) => ({ ...group, paths: ['组一/权重.bin'] }))
  const text = JSON.stringify({ ...json, weightsManifest: manifest })
  const zip = zipBytes([
    { name: encodedName('模型\\model.json', 'gbk'), flags: 0, data: textBytes(text) },
    { name: encodedName('模型\\组一\\权重.bin', 'gbk'), flags: 0, data: shard },
  ])
  const opened = await openModel([memoryFile('x.zip', zip)], () => Promise.resolve())
  expect(opened.weights.length).toBeGreaterThan(0)
})
