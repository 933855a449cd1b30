import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectSameAsCpu, randomValues } from '../../../testing/engine/kernel-comparison'
import { installTrainingKernels } from '../../../testing/engine/install-training-kernels'
import { GraphWriter } from '../../../testing/files/graph-writer'
import { graphBundle } from '../../../testing/files/graph-files'
import { openModel } from '../../formats/importers'
import { readKernelModule, startWasmBackend } from '../host/wasm-in-node'
import { createGraphModel } from '../model/graph-model'

beforeAll(startWasmBackend)

/** Numbers of two parts: TensorFlow.js keeps them in two tensors, which this backend has no place for. */
const complex = ['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real']

/** Draws on a canvas, which no operator of a graph does. */
const ofPages = ['Draw']

it('runs all that plain JavaScript runs, but for numbers of two parts', async () => {
  const kernels = await installTrainingKernels(readKernelModule())
  const own = new Set(tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName))
  kernels.uninstall()
  const missing = tf
    .getKernelsForBackend('cpu')
    .map(({ kernelName }) => kernelName)
    .filter((name) => !own.has(name))
  expect(missing.toSorted()).toEqual([...complex, ...ofPages].toSorted())
})

describe('sums in letters are those of plain JavaScript:', () => {
  it.each<readonly [string, number[], number[] | null]>([
    ['abc,cd->abd', [2, 3, 4], [4, 5]],
    ['abc,cde->abde', [2, 3, 4], [4, 2, 3]],
    ['aecd,abcd->acbe', [2, 5, 2, 3], [2, 4, 2, 3]],
    ['acbe,aecd->abcd', [2, 2, 4, 5], [2, 5, 2, 3]],
    [' ij , jk -> ki ', [2, 3], [3, 4]],
    ['i,j->ij', [2], [3]],
    ['ij,ij->', [2, 3], [2, 3]],
    ['ij,ij->ij', [2, 3], [2, 3]],
    ['ijk->ki', [2, 3, 4], null],
    ['ij->ij', [2, 3], null],
    ['abc,->a', [2, 3, 4], []],
    ['ij->iij', [2, 3], null],
  ])('%s', async (equation, ...sides) => {
    const given = sides.flatMap((shape, at) =>
      shape === null ? [] : [randomValues(shape, at + 1)],
    )
    await expectSameAsCpu(given, (tensors) => [tf.einsum(equation, ...tensors)])
    await expectSameAsCpu(given, (tensors) => [
      tf.einsum(equation, ...tensors.map((tensor) => tf.cast(tf.mul(tensor, 9), 'int32'))),
    ])
  })

  it('and leave nothing behind', () => {
    const given = tf.ones([2, 3])
    const before = tf.memory()
    for (const equation of ['ij->ij', 'ij->ji', 'ij->i']) tf.einsum(equation, given).dispose()
    const whole = tf.cast(given, 'int32')
    tf.einsum('ij,ij->ji', whole, whole).dispose()
    whole.dispose()
    expect(tf.memory().numTensors).toBe(before.numTensors)
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers)
    expect([...given.dataSync()]).toEqual([1, 1, 1, 1, 1, 1])
    given.dispose()
  })

  it('refuse sides that do not fit', () => {
    expect(() => tf.einsum('ij,jk->ik', tf.ones([2, 3]), tf.ones([4, 5]))).toThrow(
      'Expected dimension 3',
    )
  })
})

it('borrows what is of texts and of uneven rows', async () => {
  const texts = tf.string.staticRegexReplace(tf.tensor1d(['a b', 'bb'], 'string'), 'b', 'c', true)
  expect(await texts.data()).toEqual(['a c', 'cc'])
  const rows = tf.raggedTensorToTensor(
    tf.tensor1d([3, 4], 'int32'),
    tf.tensor1d([1, 2, 3], 'float32'),
    tf.scalar(0),
    [tf.tensor1d([0, 2, 3], 'int32')],
    ['ROW_SPLITS'],
  )
  expect(rows.arraySync()).toEqual([
    [1, 2, 0, 0],
    [3, 0, 0, 0],
    [0, 0, 0, 0],
  ])
})

it('says of a graph which kernel the backend lacks', async () => {
  const net = new GraphWriter()
  const x = net.input('x', [-1, 4])
  net.node('Real', 'y', [net.node('RFFT', 'waves', [x, net.wholes('length', [4])])])
  const opened = await openModel(graphBundle(net.files()), () => Promise.resolve())
  await expect(createGraphModel(opened)).rejects.toMatchObject({
    code: 'open/no-kernel',
    params: { file: 'model.json', kernel: 'Complex', backend: 'wasm' },
  })
  await tf.setBackend('cpu')
  ;(await createGraphModel(opened)).dispose()
  await tf.setBackend('wasm')
})
