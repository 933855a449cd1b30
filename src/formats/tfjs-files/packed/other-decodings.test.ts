import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { asBundle } from '../../../../testing/files/written-again'
import { savedFiles } from '../../../../testing/models/stock-model'
import { isStudioError } from '../../../core/errors'
import { groupCount, groupsOfChannels } from '../../../core/group-layout'
import type { ExportedFile } from '../../exporter'
import { writeModel } from '../../exporters'
import type { OpenedModel } from '../../format'
import { openModel } from '../../importers'

const go = (): Promise<void> => Promise.resolve()

let files: readonly ExportedFile[]

beforeAll(async () => {
  const net = tf.sequential()
  net.add(tf.layers.conv2d({ inputShape: [5, 5, 11], filters: 25, kernelSize: 3, name: 'conv' }))
  net.add(tf.layers.flatten({ name: 'flat' }))
  net.add(tf.layers.dense({ units: 15, activation: 'softmax', name: 'head' }))
  const model = await openModel(await savedFiles(tf, net), go)
  net.dispose()
  const tensors = model.weights.map((weight) => {
    const { spec, values } = weight
    if (spec.shape.length < 2) return weight
    const groups = groupsOfChannels(spec.channel, values.length)
    const count = groupCount(groups, values.length)
    const codes = Uint8Array.from(values, (_, at) => at % 16)
    const scale = new Float32Array(count).fill(0.25)
    const zeroPoint = new Float64Array(count).fill(8)
    return { kind: 'affine', spec, bits: 4, codes, groups, scale, zeroPoint, mask: null } as const
  })
  const target = { container: 'tfjs', precision: 'packed' } as const
  files = (await writeModel(model, tensors, target, go)).files
})

interface Written {
  modelTopology: { node: { name: string; op: string; input?: string[]; attr: object }[] }
  weightsManifest: { weights: { name: string; dtype: string; shape: number[] }[] }[]
}

/** The smallest changes by which a graph means something else, or nothing. */
const changes: Readonly<
  Record<string, (json: Written, set: (name: string, value: number) => void) => void>
> = {
  'another divisor': (_, set) => {
    set('conv/kernel/by16', 8)
  },
  'a scale below zero': (_, set) => {
    set('conv/kernel/scale', -0.5)
  },
  'a zero point between codes': (_, set) => {
    set('conv/kernel/zero', 1.3)
  },
  'another length of the list': (_, set) => {
    set('conv/kernel/size', 5)
  },
  'parts the other way round': ({ modelTopology: { node } }) => {
    node.find(({ name }) => name === 'conv/kernel/parts16')?.input?.reverse()
  },
  'a difference the other way round': ({ modelTopology: { node } }) => {
    node.find(({ name }) => name === 'conv/kernel/steps')?.input?.reverse()
  },
  'somebody else who reads the codes': ({ modelTopology: { node } }) => {
    const attr = { T: { type: 'DT_INT32' } }
    node.push({ name: 'other', op: 'Identity', input: ['conv/kernel/whole'], attr })
  },
  'somebody who waits for a step': ({ modelTopology: { node } }) => {
    node.find(({ op }) => op === 'Softmax')?.input?.push('^conv/kernel/scaled')
  },
  'a graph that goes round': ({ modelTopology: { node } }) => {
    const kept = node.find(({ name }) => name === 'conv/kernel/steps')
    if (kept !== undefined) kept.input = ['conv/kernel/real', 'conv/kernel']
  },
}

describe('a graph that decodes otherwise keeps its nodes, and means what stock TensorFlow.js makes of it:', () => {
  it.each(Object.entries(changes))('%s', async (_, change) => {
    const [json, weights] = files.map(({ bytes }) => Uint8Array.from(bytes))
    if (json === undefined || weights === undefined) throw new Error('two files')
    const root = JSON.parse(new TextDecoder().decode(json)) as Written
    const places = new Map<string, number>()
    let at = 0
    for (const { name, shape, ...entry } of root.weightsManifest[0]?.weights ?? []) {
      places.set(name, at)
      at += shape.reduce((a, b) => a * b, 'quantization' in entry ? 1 : 4)
    }
    change(root, (name, value) => {
      const view = new DataView(weights.buffer, places.get(name))
      if (Number.isInteger(value)) view.setInt32(0, value, true)
      else view.setFloat32(0, value, true)
    })
    const changed = [new TextEncoder().encode(JSON.stringify(root)), weights]
    const named = files.map(({ path }, index) => ({ path, bytes: changed[index] ?? weights }))
    const opened = await openModel(asBundle(named), go).catch((error: unknown) => error)
    if (isStudioError(opened)) {
      expect(opened.code).toBe('open/graph-cycle')
      return
    }
    const { weights: found } = opened as OpenedModel
    expect(found.some(({ spec }) => spec.name === 'conv/kernel')).toBe(false)
    expect(found.some(({ spec }) => spec.name === 'conv/kernel/codes')).toBe(true)
    // The others are decoded as before.
    expect(found.some(({ spec }) => spec.name === 'head/kernel')).toBe(true)
  })
})
