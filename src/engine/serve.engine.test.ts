import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { smallModel } from '../../testing/files/layers-files'
import type { LayersFiles } from '../../testing/files/layers-files'
import { file } from '../../testing/engine/drive-engine'
import { sampleFiles } from '../../testing/models/sample-files'
import { StudioError } from '../core/errors'
import { createEngineClient } from '../protocol/client'
import type { EngineClient } from '../protocol/client'
import { drain } from '../protocol/drain'
import { defaultRecipe } from '../techniques/recipe'
import { createEngine } from './engine'
import type { Engine } from './engine'
import { nodeEnvironment } from './host/node-environment'
import { serveEngine } from './serve'

let ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports) port.close()
})

/** model.json first. */
function filesOf({ json, shards }: LayersFiles): File[] {
  return [
    file('model.json', JSON.stringify(json)),
    ...[...shards].map(([name, bytes]) => file(name, bytes)),
  ]
}

/** An engine behind a real port, as in a worker. */
function connect(engine: Engine): EngineClient {
  const { port1, port2 } = new MessageChannel()
  ports = [port1, port2]
  serveEngine(engine, port1)
  port1.start()
  port2.start()
  return createEngineClient(port2)
}

describe('an engine behind a port', () => {
  let client: EngineClient
  beforeEach(() => {
    client = connect(createEngine(nodeEnvironment()))
  })

  it('starts, opens, answers and streams under the names of the contract', async () => {
    const info = await client.engine.start({ forced: 'wasm', exclude: [] })
    expect(info.backend).toBe('wasm')
    const phases = new Set<string>()
    const summary = await drain(
      await client.model.open({ files: sampleFiles('lenet-300-100') }),
      ({ phase }) => phases.add(phase),
    )
    expect(summary.totals.parameters).toBe(266_610)
    expect(phases).toContain('building')
    expect((await client.structure.groups()).length).toBeGreaterThan(0)
    const tried = await client.recipe.try({ recipe: defaultRecipe })
    expect(tried.measure).toMatchObject({ type: 'agreement', relativeError: 0 })
    await client.model.close()
    await expect(client.structure.groups()).rejects.toMatchObject({
      data: { code: 'engine/no-model' },
    })
  })

  it('parses model.json once for a whole drop, in however many goes it comes', async () => {
    await client.engine.start({ forced: 'wasm', exclude: [] })
    const [json, ...shards] = filesOf(smallModel())
    if (json === undefined) throw new Error('no model.json')
    const parse = vi.spyOn(JSON, 'parse')
    const parsed = () => parse.mock.calls.filter(([text]) => text.includes('modelTopology')).length
    const open = async () =>
      drain(await client.model.open({ files: [json, ...shards] }), () => undefined)

    expect(await client.model.missing({ files: [json] })).toEqual(shards.map(({ name }) => name))
    expect(await client.model.missing({ files: [json, ...shards] })).toEqual([])
    expect((await open()).totals.parameters).toBe(35)
    expect(parsed()).toBe(1)

    // Nothing is kept of a model that has opened; opened again it is read again.
    await open()
    expect(parsed()).toBe(2)
    parse.mockRestore()
  })

  it('reads files to their end without opening them, where it is asked to', async () => {
    await client.engine.start({ forced: 'wasm', exclude: [] })
    const [json, ...shards] = filesOf(smallModel())
    if (json === undefined) throw new Error('no model.json')
    const whole = true
    expect(await client.model.missing({ files: [json, ...shards], whole })).toEqual([])
    const short = shards.map((shard) => new File([shard.slice(0, 4)], shard.name))
    expect(await client.model.missing({ files: [json, ...short] })).toEqual([])
    await expect(client.model.missing({ files: [json, ...short], whole })).rejects.toHaveProperty(
      'data.code',
    )
  })

  it('says in streams and in answers alike what is wrong', async () => {
    const early = { data: { code: 'engine/no-backend' } }
    await expect(client.train.stop()).rejects.toMatchObject(early)
    await expect(client.model.open({ files: [] }).then((s) => s.next())).rejects.toMatchObject(
      early,
    )
    await client.engine.start({ forced: 'wasm', exclude: [] })
    await expect(client.train.stop()).rejects.toMatchObject({ data: { code: 'train/no-run' } })
    const stream = await client.measure.original()
    await expect(stream.next()).rejects.toMatchObject({ data: { code: 'engine/no-model' } })
  })
})

it('a broken device explains every other error', async () => {
  const whole = createEngine(nodeEnvironment())
  await whole.start({ forced: 'wasm', exclude: [] })
  const fault = new StudioError('engine/device-lost', { backend: 'webgpu', reason: 'gone' })
  const client = connect({ ...whole, fault: () => fault })
  const lost = { data: { code: 'engine/device-lost' } }
  await expect(client.train.stop()).rejects.toMatchObject(lost)
  await expect((await client.measure.original()).next()).rejects.toMatchObject(lost)
})

it('what is too large for the browser is said in words of the page', async () => {
  const whole = createEngine(nodeEnvironment())
  await whole.start({ forced: 'wasm', exclude: [] })
  const refused = () => Promise.reject(new RangeError('Array buffer allocation failed'))
  const client = connect({ ...whole, train: { ...whole.train, stop: refused } })
  await expect(client.train.stop()).rejects.toMatchObject({
    data: { code: 'engine/out-of-memory', params: {} },
  })
})
