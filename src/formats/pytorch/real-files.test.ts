import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { memoryFile } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import type { OpenedWeight } from '../format'
import { openModel } from '../importers'

/** Written by PyTorch and safetensors with scripts/writers/torch_files.py, which says what is in them. */
const folder = 'testing/models/weights'
const facts = JSON.parse(readFileSync(`${folder}/facts.json`, 'utf8')) as Readonly<
  Record<string, { readonly shape: readonly number[]; readonly sha256: string }>
>
const go = () => Promise.resolve()

function fileOf(name: string): BundleFile {
  return memoryFile(name, new Uint8Array(readFileSync(`${folder}/${name}`)))
}

function factsOf({ spec, values }: OpenedWeight): readonly [string, object] {
  const { buffer, byteLength, byteOffset } = values
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return [spec.name, { shape: spec.shape, sha256 }]
}

test.each([
  ['checkpoint.pth', Object.keys(facts)],
  ['state.safetensors', Object.keys(facts).filter((name) => name !== 'brain.weight')],
  ['protocol4.pt', ['fc.weight', 'fc.bias', 'view.weight']],
])('%s: every weight as its writer has it', async (name, names) => {
  const { weights } = await openModel([fileOf(name)], go)
  const wanted = names.map((key) => [key, { ...facts[key], dtype: undefined }] as const)
  const found = Object.fromEntries(weights.map(factsOf))
  expect(found).toEqual(Object.fromEntries(wanted))
})

test('kinds and channels of layers are those of the network', async () => {
  const { layers, weights } = await openModel([fileOf('checkpoint.pth')], go)
  const kinds = new Map(layers.map(({ name, className, kind }) => [name, [className, kind]]))
  const channels = new Map(weights.map(({ spec }) => [spec.name, spec.channel]))
  expect(kinds.get('depthwise')).toEqual(['Conv2d', 'depthwise'])
  expect(kinds.get('up')).toEqual(['ConvTranspose2d', 'convolution'])
  expect(kinds.get('lstm')).toEqual(['LSTM', 'recurrent'])
  expect(kinds.get('embedding')).toEqual(['Embedding', 'embedding'])
  expect(kinds.get('norm')).toEqual(['Norm', 'normalization'])
  expect(channels.get('conv1.weight')).toEqual({ count: 6, inner: 9 })
  expect(channels.get('up.weight')).toEqual({ count: 4, inner: 4 })
  expect(channels.get('attention.in_proj_weight')).toEqual({ count: 12, inner: 4 })
})

test.each([
  ['module.pth', 'open/pickle-global', { name: 'torch.nn.modules.linear.Linear' }],
  ['script.pt', 'open/is-torchscript', {}],
  ['before-1.6.pth', 'open/is-pickle', {}],
])('%s is said to be what it is', async (file, code, params) => {
  await expect(openModel([fileOf(file)], go)).rejects.toMatchObject({ code, params })
})
