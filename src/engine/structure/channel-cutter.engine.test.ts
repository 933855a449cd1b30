import * as tf from '@tensorflow/tfjs'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { halfOfAll } from '../../../testing/engine/cut-ground'
import { drained, exactFile, file, freshEngine } from '../../../testing/engine/drive-engine'
import { npyBytes } from '../../../testing/files/foreign-data'
import { graphBundle, inOneByte, smallGraph } from '../../../testing/files/graph-files'
import type { GraphFiles } from '../../../testing/files/graph-files'
import { opaqueGraph } from '../../../testing/files/opaque-graph'
import { openBars, openBuilt, settingsWith, trainer } from '../../../testing/engine/training-ground'
import type { CutRequest, CutResult } from '../../protocol/structure-messages'
import { createRandom } from '../../core/random'
import { defaultRecipe } from '../../techniques/recipe'

const engine = freshEngine()
const train = trainer(engine)

/** Its second layer keeps the shape of what it is given. */
function plainNet(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, name: 'a' }),
      tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'b' }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
    ],
  })
}

async function filesOf(files: GraphFiles, folder: string | null = null): Promise<File[]> {
  return Promise.all(
    graphBundle(files).map(
      async (part) =>
        new File(
          [(await part.read(0, part.size)) as BlobPart],
          folder === null ? part.path : `${folder}/${part.path}`,
        ),
    ),
  )
}

describe('removing filters', () => {
  it('plans what a cut leaves, and hands out a smaller model that opens', async () => {
    await openBars(engine.current)
    const groups = await engine.current.structure.groups()
    expect(groups[0]).toMatchObject({
      producers: ['first'],
      followers: ['normal', 'depthwise'],
      readers: ['classes'],
      channels: 6,
      fixed: null,
    })
    expect(groups[1]).toMatchObject({ producers: ['classes'], fixed: { reason: 'output' } })
    const request = { recipe: defaultRecipe, target: halfOfAll, blocks: [], start: 'kept' } as const
    const { result: plan } = await drained(engine.current.structure.plan(request))
    expect(plan.layers).toEqual([{ name: 'first', before: 6, after: 3 }])
    const { events, result: cut } = await drained(engine.current.structure.cut(request))
    const { files, plan: same } = cut
    expect(events[0]).toMatchObject({ phase: 'cutting', total: plan.whole.parameters })
    expect(same).toEqual(plan)
    const { result } = await drained(
      engine.current.model.open({ files: files.map(({ path, blob }) => new File([blob], path)) }),
    )
    expect(result.totals.parameters).toBe(plan.parameters)
    expect(result.totals.macs).toBe(plan.macs)
    expect(result.layers[0]).toMatchObject({ name: 'first', outputShape: [null, 8, 8, 3] })
  })

  it('works on trained weights, and says when there is nothing to remove', async () => {
    await openBars(engine.current)
    const { result } = await train({ settings: settingsWith({ epochs: 1 }) })
    await engine.current.model.addTrained(result.trained)
    const kept = {
      recipe: defaultRecipe,
      target: { ...halfOfAll, criterion: 'l2' },
      blocks: [],
      start: 'kept',
    } as const
    const cut = async (request: CutRequest): Promise<CutResult> =>
      (await drained(engine.current.structure.cut(request))).result
    const trained = await cut({ ...kept, recipe: result.recipe })
    const original = await cut(kept)
    const bytes = ({ files }: typeof trained): Promise<string[]> =>
      Promise.all(files.map(({ blob }) => blob.text()))
    expect(await bytes(trained)).not.toEqual(await bytes(original))
    const fresh = await cut({ ...kept, start: 'fresh' })
    const again = await cut({ ...kept, recipe: result.recipe, start: 'fresh' })
    expect(await bytes(fresh)).not.toEqual(await bytes(original))
    expect(await bytes(fresh)).toEqual(await bytes(again))
    const nothing = { ...kept, target: { ...halfOfAll, protectFirst: true } }
    await expect(cut(nothing)).rejects.toMatchObject({
      code: 'structure/nothing-to-cut',
    })
  })

  it('leaves whole blocks out, alone and together with filters, and the smaller model opens', async () => {
    await openBuilt(engine.current, plainNet())
    expect(await engine.current.structure.blocks()).toEqual([
      {
        id: 'b',
        kind: 'plain',
        from: 'a',
        to: 'b',
        layers: ['b'],
        parameters: 148,
        macs: 36 * 36 * 4,
      },
    ])
    const none = { ...halfOfAll, share: 0 }
    const shallow = { recipe: defaultRecipe, target: none, blocks: ['b'], start: 'kept' } as const
    for (const request of [shallow, { ...shallow, target: halfOfAll }]) {
      const { result: cut } = await drained(engine.current.structure.cut(request))
      const { files, plan } = cut
      expect(plan.gone).toEqual(['b'])
      expect(plan.bytes).toBe(4 * plan.parameters)
      const { result } = await drained(
        engine.current.model.open({ files: files.map(({ path, blob }) => new File([blob], path)) }),
      )
      expect(result.totals.parameters).toBe(plan.parameters)
      expect(result.totals.macs).toBe(plan.macs)
      expect(result.layers.map(({ name }) => name)).not.toContain('b')
      await openBuilt(engine.current, plainNet())
    }
  })

  it('is for graph models too, which stay graph models', async () => {
    const files = await filesOf(smallGraph())
    const { result: whole } = await drained(engine.current.model.open({ files }))
    const [group] = await engine.current.structure.groups()
    expect(group).toMatchObject({ producers: ['first'], channels: 6, fixed: null })
    const request = { recipe: defaultRecipe, target: halfOfAll, blocks: [], start: 'kept' } as const
    const { result: cut } = await drained(engine.current.structure.cut(request))
    expect(cut.plan.layers).toEqual([{ name: 'first', before: 6, after: 3 }])
    const { result } = await drained(
      engine.current.model.open({
        files: cut.files.map(({ path, blob }) => new File([blob], path)),
      }),
    )
    expect(result.format).toBe('tfjs-graph')
    expect(result.totals.parameters).toBe(cut.plan.parameters)
    expect(result.totals.macs).toBe(cut.plan.macs)
    expect(result.totals.macs).toBeLessThan(whole.totals.macs ?? 0)
  })

  it('counts the work behind a node without meaning, of which the model itself knows the shape', async () => {
    const files = await filesOf(opaqueGraph())
    await drained(engine.current.model.open({ files }))
    const request = {
      recipe: defaultRecipe,
      target: { ...halfOfAll, of: 'macs' },
      blocks: [],
      start: 'kept',
    } as const
    const { result: plan } = await drained(engine.current.structure.plan(request))
    const whole = 64 * 9 * (3 * 8 + 8 * 32 + 32 * 32) + 32 * 4
    expect(plan.whole.macs).toBe(whole)
    const { layers } = plan
    const left = (name: string): number => layers.find((layer) => layer.name === name)?.after ?? 32
    const macs =
      64 * 9 * (3 * 8 + 8 * left('narrow') + left('narrow') * left('wide')) + left('wide') * 4
    expect(plan.macs).toBe(macs)
    // One more filter of the largest would not have been needed.
    expect(macs).toBeLessThanOrEqual(whole / 2)
    expect(macs).toBeGreaterThan(whole / 2 - 64 * 9 * (8 + 32))
    expect(await engine.current.structure.blocks()).toMatchObject([
      { id: 'wide', macs: 64 * 9 * 1024 },
    ])
  })

  it('hands on what the model is called, also to the report', async () => {
    const files = await filesOf(smallGraph(), 'mobile-uint8')
    const { result: whole } = await drained(engine.current.model.open({ files }))
    expect(whole.name).toBe('mobile-uint8')
    const request = { recipe: defaultRecipe, target: halfOfAll, blocks: [], start: 'kept' } as const
    const { result: cut } = await drained(engine.current.structure.cut(request))
    const origin = { files, cuts: [cut.record] }
    const smaller = cut.files.map(({ path, blob }) => new File([blob], path))
    const { result } = await drained(engine.current.model.open({ files: smaller, origin }))
    expect(result.name).toBe('mobile-uint8')
    const written = await drained(
      engine.current.recipe.export({ recipe: defaultRecipe, target: exactFile, report: 'apart' }),
    )
    const report = unzipSync(new Uint8Array(await written.result.reportZip.arrayBuffer()))
    expect(strFromU8(report['README.md'] ?? new Uint8Array())).toContain('mobile-uint8')
  })

  it('leaves codes codes, so that the file of a quantized model gets smaller', async () => {
    const files = await filesOf(inOneByte(opaqueGraph()))
    const { result: whole } = await drained(engine.current.model.open({ files }))
    const request = { recipe: defaultRecipe, target: halfOfAll, blocks: [], start: 'kept' } as const
    const { result: cut } = await drained(engine.current.structure.cut(request))
    const bytes = (all: readonly Blob[]): number => all.reduce((sum, { size }) => sum + size, 0)
    expect(bytes(cut.files.map(({ blob }) => blob))).toBeLessThan(bytes(files))
    const smaller = cut.files.map(({ path, blob }) => new File([blob], path))
    const { result } = await drained(engine.current.model.open({ files: smaller }))
    expect(result.totals.storedBytes).toBeLessThan(whole.totals.storedBytes)
    const kinds = (summary: typeof whole): string[] =>
      summary.layers.flatMap(({ tensors }) => tensors.map(({ storedAs }) => storedAs))
    expect(kinds(result)).toEqual(kinds(whole))
    expect(result.zippedFloat32Bytes).toBeGreaterThan(result.totals.storedBytes)
  })

  it('counts work by the sides of attached data where the file leaves them open', async () => {
    const open = tf.sequential({
      layers: [
        tf.layers.conv2d({
          ...{ inputShape: [null, null, 1] as number[], filters: 6, kernelSize: 3, name: 'first' },
        }),
        tf.layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', name: 'second' }),
        tf.layers.globalAveragePooling2d({ name: 'pooled' }),
        tf.layers.dense({ units: 4, name: 'classes' }),
      ],
    })
    await openBuilt(engine.current, open)
    const target = { ...halfOfAll, of: 'macs' } as const
    const request = { recipe: defaultRecipe, target, blocks: [], start: 'kept' } as const
    await expect(drained(engine.current.structure.plan(request))).rejects.toMatchObject({
      code: 'structure/work-unknown',
    })
    const random = createRandom(3)
    const values = Float32Array.from({ length: 40 * 10 * 12 }, () => random.normal())
    const data = file('x.npy', npyBytes('<f4', [40, 10, 12, 1], values))
    await drained(engine.current.data.open({ files: [data], choices: {}, settings: null }))
    const { result: plan } = await drained(engine.current.structure.plan(request))
    const work = (first: number, second: number): number =>
      8 * 10 * 9 * (first + first * second) + second * 4
    expect(plan.whole.macs).toBe(work(6, 8))
    const left = (name: string, all: number): number =>
      plan.layers.find((layer) => layer.name === name)?.after ?? all
    expect(plan.macs).toBe(work(left('first', 6), left('second', 8)))
    expect(plan.macs).toBeLessThanOrEqual(work(6, 8) / 2)
  })

  it('takes no share of work that is not known', async () => {
    const files = await filesOf(opaqueGraph([-1, -1, -1, 3]))
    await drained(engine.current.model.open({ files }))
    const request = { recipe: defaultRecipe, target: halfOfAll, blocks: [], start: 'kept' } as const
    const { result: plan } = await drained(engine.current.structure.plan(request))
    expect(plan).toMatchObject({ macs: null, whole: { macs: null } })
    const byWork = { ...request, target: { ...halfOfAll, of: 'macs' } } as const
    await expect(drained(engine.current.structure.plan(byWork))).rejects.toMatchObject({
      code: 'structure/work-unknown',
      params: { layer: 'stem' },
    })
  })
})
