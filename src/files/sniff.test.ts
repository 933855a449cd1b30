import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { textBytes } from '../../testing/files/layers-files'
import { createRandom } from '../core/random'
import { sniff } from './sniff'
import type { WrongKind } from './sniff'

const bytes = (...values: (number | string)[]): Uint8Array =>
  Uint8Array.from(
    values.flatMap((value) => (typeof value === 'string' ? [...textBytes(value)] : [value])),
  )

test.each<[string, Uint8Array, WrongKind | null]>([
  ['model.json', bytes('{"format":"layers-model"}'), null],
  ['model.json', bytes(0xef, 0xbb, 0xbf, ' {"a":1}'), null],
  ['model.zip', zipSync({ 'model.json': bytes('{}') }), null],
  ['w.bin', bytes(0, 0, 0x80, 0x3f), null],
  ['x', bytes(), 'open/is-empty'],
  ['x', bytes('\n\n<!DOCTYPE HTML><title>x'), 'open/is-html'],
  ['x', bytes(0xef, 0xbb, 0xbf, '<html lang="en">'), 'open/is-html'],
  ['x', bytes('<!-- saved -->\n<html>'), 'open/is-html'],
  ['x', bytes('<?xml version="1.0"?>'), 'open/is-xml'],
  ['x', bytes('version https://git-lfs.github.com/spec/v1\n'), 'open/is-git-lfs'],
  ['x', bytes(0x89, 'HDF\r\n', 0x1a, '\n'), 'open/is-keras-h5'],
  ['x', bytes(28, 0, 0, 0, 'TFL3'), 'open/is-tflite'],
  ['x', bytes('GGUF', 3), 'open/is-gguf'],
  ['x', bytes(0x93, 'NUMPY'), 'open/is-numpy'],
  ['x', bytes(0x80, 2, 0x8a, 10, 'l'), 'open/is-pickle'],
  ['x', bytes(0x80, 2, '}q', 0, '.'), 'open/is-python-pickle'],
  ['x', bytes(0x80, 3, 'cnumpy.core'), 'open/is-python-pickle'],
  ['x', bytes(0x80, 4, 0x95, 16, 0, 0, 0, 0, 0, 0, 0, '}'), 'open/is-python-pickle'],
  ['x.joblib', bytes(0x78, 0x9c, 1), 'open/is-python-pickle'],
  ['x.pkl', bytes('(dp0'), 'open/is-python-pickle'],
  ['x', bytes('%PDF-1.7'), 'open/is-pdf'],
  ['x', bytes(0x1f, 0x8b, 8), 'open/is-gzip'],
  ['x', bytes(0x89, 'PNG\r\n'), 'open/is-image'],
  ['x', bytes(0xff, 0xd8, 0xff), 'open/is-image'],
  ['x', bytes('RIFF', 1, 2, 3, 4, 'WEBP'), 'open/is-image'],
  ['x', bytes(0xff, 0xfe, '{', 0), 'open/is-utf16'],
  ['saved_model.pb', bytes(8, 1, 0x12), 'open/is-saved-model'],
  ['net/variables/variables.index', bytes(0, 0, 6), 'open/is-saved-model'],
  ['variables/variables.data-00000-of-00001', bytes(0, 1), 'open/is-saved-model'],
  ['ckpt-1.index', bytes(0, 0, 6, 8, 1), 'open/is-tf-checkpoint'],
  ['w.data-00001-of-00002', bytes(1, 2, 3), 'open/is-tf-checkpoint'],
  ['model.ckpt-5000.meta', bytes(10, 0x9c), 'open/is-tf-checkpoint'],
  ['checkpoint', bytes('model_checkpoint_path: "w"\n'), 'open/is-tf-checkpoint'],
  ['model.index', bytes('{"a": 1}'), null],
  ['net.mlmodel', bytes(8, 5, 18, 4), 'open/is-core-ml'],
  [
    'x',
    zipSync(
      { 'metadata.json': bytes('{"keras_version"'), 'config.json': bytes('{}') },
      { level: 0 },
    ),
    'open/is-keras-zip',
  ],
])('%s %#: %s', (path, head, kind) => {
  expect(sniff(path, head)).toBe(kind)
})

test.each([
  [['metadata.json', 'model.weights.bin', 'model.json']],
  [['metadata.json', 'config.json', 'model.json', 'weights.bin']],
  [['config.json', 'metadata.json', 'group1-shard1of1.bin', 'model.json']],
])('a zip of a TensorFlow.js model is not taken for one of Keras: %j', (names) => {
  const entries = names.map((name) => [name, bytes('{"keras_version": "2"}')] as const)
  expect(sniff('model.zip', zipSync(Object.fromEntries(entries)))).toBeNull()
})

test('weights are not taken for something else', () => {
  const random = createRandom(9)
  for (let round = 0; round < 2000; round++) {
    const floats = Float32Array.from({ length: 64 }, () => random.normal() * 0.1)
    const codes = Uint8Array.from({ length: 256 }, () => 128 + Math.round(random.normal() * 20))
    expect(sniff('group1-shard1of1.bin', new Uint8Array(floats.buffer))).toBeNull()
    expect(sniff('group1-shard1of1', codes)).toBeNull()
  }
})
