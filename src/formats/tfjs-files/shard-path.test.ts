import { expect, test } from 'vitest'
import { decodedPath, shardPath } from './shard-path'

test.each([
  ['group1-shard1of1.bin', 'group1-shard1of1.bin'],
  // What model.save('downloads://my-model') of stock TensorFlow.js writes.
  ['./my-model.weights.bin', 'my-model.weights.bin'],
  ['././weights.bin', 'weights.bin'],
  ['.\\weights\\group1-shard1of2.bin', 'weights/group1-shard1of2.bin'],
  ['weights//group1-shard1of2.bin', 'weights/group1-shard1of2.bin'],
  ['a/./b.bin', 'a/b.bin'],
  ['my%20model.weights.bin', 'my%20model.weights.bin'],
  ['model~1.bin', 'model~1.bin'],
  ['..weights.bin', '..weights.bin'],
  ['weights.bin?v=3', 'weights.bin'],
  ['./a/b.bin?t=17-2.x', 'a/b.bin'],
  ['权重 (1).bin', '权重 (1).bin'],
])('%s is a file beside model.json', (path, clean) => {
  expect(shardPath(path)).toBe(clean)
})

test.each([
  ...['../w.bin', './../w.bin', 'a/../../w.bin', '..\\w.bin', '.\\..\\..\\w.bin', '.../w.bin'],
  ...['/etc/passwd', '//evil.example/w', '\\\\server\\share\\w.bin', '\\w.bin', '~/w.bin', './~/w'],
  ...['C:\\w.bin', 'c:/w.bin', './C:/w.bin', 'https://evil.example/w.bin', 'file:///w.bin'],
  ...['%2e%2e/w.bin', '%2E%2E%2Fw.bin', '..%5cw.bin', '%252e%252e/w.bin', 'w%00.bin', 'w%0a.bin'],
  ...['w.bin?x', '../w.bin?v=3', 'https://evil.example/w.bin?v=3', 'w.bin?v=/../x'],
  ...['w.bin#x', 'w\0.bin', '.', './', 'weights/', 'weights/.', '..'],
])('%j could mean more, and is none', (path) => {
  expect(shardPath(path)).toBeNull()
})

test.each([
  ['my%20model.bin', 'my model.bin'],
  ['%E6%9D%83%E9%87%8D.bin', '权重.bin'],
  ['plain.bin', null],
  ['100%.bin', null],
  ['%C3%28.bin', null],
  ['a%3Ab.bin', null],
])('%s stands for %j', (path, decoded) => {
  expect(decodedPath(path)).toBe(decoded)
})
