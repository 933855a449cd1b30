import { encode } from 'fast-png'
import { createRandom } from '../../src/core/random'
import { zipOf } from '../files/foreign-data'

/** Models and pictures of which right handling gives 100 %: class c has its block of 2 x 2 pixels bright. */
const SIDE = 8
const CELL = 2
const BLOCK_CLASSES = 4

function inBlock(block: number, y: number, x: number): boolean {
  const across = SIDE / CELL
  return Math.floor(y / CELL) * across + Math.floor(x / CELL) === block
}

/** A zip with a folder for each name; picture i of name n has the block `blockOf(n)` bright. */
export function blockPictures(
  names: readonly string[],
  blockOf: (name: string, place: number) => number,
  count = 12,
): Uint8Array {
  const random = createRandom(13)
  const files = new Map<string, Uint8Array>()
  names.forEach((name, place) => {
    for (let index = 0; index < count; index++) {
      const data = Uint8Array.from({ length: SIDE * SIDE }, (_, pixel) =>
        inBlock(blockOf(name, place), Math.floor(pixel / SIDE), pixel % SIDE)
          ? 200 + random.below(56)
          : random.below(40),
      )
      files.set(`${name}/${index}.png`, encode({ height: SIDE, width: SIDE, data, channels: 1 }))
    }
  })
  return zipOf(files)
}

/** Weights [elements, classes] by which output j looks at block j, for a picture of any layout. */
function blockKernel(layout: 'last' | 'first', channels: number, classes: number): number[] {
  return Array.from({ length: SIDE * SIDE * channels * classes }, (_, index) => {
    const element = Math.floor(index / classes)
    const pixel = layout === 'last' ? Math.floor(element / channels) : element % (SIDE * SIDE)
    return inBlock(index % classes, Math.floor(pixel / SIDE), pixel % SIDE) ? 4 / channels : 0
  })
}

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain }
const F = { type: 'DT_FLOAT' }
const I = { type: 'DT_INT32' }

/**
 * A graph that takes whole numbers from 0 to 255, casts and scales them itself.
 * @param sides of one sample: 64 pixels of one or three channels, in any layout
 */
export function wholeNumberGraph(sides: readonly number[]): ReadonlyMap<string, Uint8Array> {
  const channels = sides.reduce((product, side) => product * side, 1) / SIDE / SIDE
  const layout = sides.length === 3 && sides[0] !== SIDE ? 'first' : 'last'
  const shape = { shape: { dim: ['-1', ...sides.map(String)].map((size) => ({ size })) } }
  const elements = SIDE * SIDE * channels
  const constant = (name: string, dtype: typeof F): Plain => ({
    name,
    op: 'Const',
    attr: { dtype, value: { tensor: { dtype: dtype.type, tensorShape: {} } } },
  })
  const no = { b: false }
  const node: Plain = [
    { name: 'x', op: 'Placeholder', attr: { dtype: I, shape } },
    constant('shape', I),
    constant('kernel', F),
    constant('scale', F),
    { name: 'cast', op: 'Cast', input: ['x'], attr: { SrcT: I, DstT: F } },
    { name: 'scaled', op: 'Mul', input: ['cast', 'scale'], attr: { T: F } },
    { name: 'flat', op: 'Reshape', input: ['scaled', 'shape'], attr: { T: F, Tshape: I } },
    {
      ...{ name: 'product', op: 'MatMul', input: ['flat', 'kernel'] },
      attr: { T: F, transpose_a: no, transpose_b: no },
    },
    { name: 'answer', op: 'Softmax', input: ['product'], attr: { T: F } },
  ]
  const ends = { dim: [{ size: '-1' }, { size: String(BLOCK_CLASSES) }] }
  const json = {
    format: 'graph-model',
    signature: {
      inputs: { x: { name: 'x:0', dtype: 'DT_INT32', tensorShape: shape.shape } },
      outputs: { answer: { name: 'answer:0', dtype: 'DT_FLOAT', tensorShape: ends } },
    },
    modelTopology: { node, library: {}, versions: {} },
    weightsManifest: [
      {
        paths: ['./w.bin'],
        weights: [
          { name: 'shape', shape: [2], dtype: 'int32' },
          { name: 'kernel', shape: [elements, BLOCK_CLASSES], dtype: 'float32' },
          { name: 'scale', shape: [], dtype: 'float32' },
        ],
      },
    ],
  }
  const kernel = Float32Array.from(blockKernel(layout, channels, BLOCK_CLASSES))
  const parts = [Int32Array.of(-1, elements), kernel, Float32Array.of(1 / 255)]
  return new Map([
    ['model.json', new TextEncoder().encode(JSON.stringify(json))],
    ['w.bin', Uint8Array.from(parts.flatMap(({ buffer }) => [...new Uint8Array(buffer)]))],
  ])
}
