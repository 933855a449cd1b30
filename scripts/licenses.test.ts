import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { licenceTexts } from './licenses'

const module = (path: string): string => resolve('node_modules', path)

it('holds one text for each library that has modules in a build, and none for the studio itself', () => {
  const text = licenceTexts([
    module('@zip.js/zip.js/lib/zip-core-custom.js'),
    module('@zip.js/zip.js/lib/core/zip-reader.js'),
    `\0${module('pako/dist/pako.mjs')}`,
    module('@tensorflow/tfjs-core/dist/index.js'),
    module('onnxruntime-web/dist/ort.wasm.bundle.min.mjs'),
    resolve('src/main.ts'),
    '\0vite/preload-helper.js',
  ])
  expect([...text.matchAll(/^## (\S+) \S+: (.*)$/gm)].map(([, name, id]) => [name, id])).toEqual([
    ['@tensorflow/tfjs-core', 'Apache-2.0'],
    ['@zip.js/zip.js', 'BSD-3-Clause'],
    ['onnxruntime-web', 'MIT'],
    ['pako', '(MIT AND Zlib)'],
  ])
  expect(text).toContain('Copyright (c) 2023, Gildas Lormeau')
  expect(text).toContain('Redistributions in binary form must reproduce the above copyright notice')
  expect(text).toContain('Apache License')
  expect(text).toContain('Copyright (c) Microsoft Corporation')
})
