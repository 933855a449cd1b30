import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { isDefinedError } from '@orpc/client'
import { afterEach, describe, expect, it } from 'vitest'
import { StudioError, toErrorData } from '../core/errors'
import type { ModelSummary } from '../core/model-summary'
import { connectEngine, createEngineClient, readEnginePorts } from './client'
import type { EnginePorts } from './client'
import { contract } from './contract'
import type { StudioErrorData } from '../core/errors'
import type { Beat, FaultSign } from './heartbeat'
import type { OpenProgress } from './engine-messages'
import type { ExportResult } from './recipe-messages'
import { droppedPath } from './dropped-file'
import { ArrivedFiles, portOptions } from './transfer'

const channels: MessageChannel[] = []
afterEach(() => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close()
    port2.close()
  }
})

type Router = ConstructorParameters<typeof RPCHandler>[0]

function connect(router: Router) {
  const channel = new MessageChannel()
  channels.push(channel)
  new RPCHandler(router, portOptions(new ArrivedFiles())).upgrade(channel.port1)
  channel.port1.start()
  channel.port2.start()
  return createEngineClient(channel.port2)
}

const os = implement(contract)

function studioError(
  error: StudioError,
  errors: { STUDIO: (options: { data: ReturnType<typeof toErrorData> }) => Error },
): Error {
  return errors.STUDIO({ data: toErrorData(error) })
}

/** A file whose bytes nobody may read while it crosses. */
class UnreadFile extends File {
  override arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error('the file was read')
  }
  override stream(): never {
    throw new Error('the file was read')
  }
  override slice(): Blob {
    throw new Error('the file was read')
  }
}

describe('the worker boundary', () => {
  it('carries error codes and their facts, as errors of the contract', async () => {
    const client = connect({
      engine: {
        start: os.engine.start.handler(({ errors }) => {
          throw studioError(new StudioError('engine/no-backend', { tried: 'wasm, cpu' }), errors)
        }),
      },
    })
    const error: unknown = await client.engine
      .start({ forced: null, exclude: [] })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'STUDIO',
      data: { code: 'engine/no-backend', params: { tried: 'wasm, cpu' } },
    })
    expect(error instanceof Error && isDefinedError(error)).toBe(true)
  })

  it('carries an error from the middle of a stream', async () => {
    const client = connect({
      data: {
        attach: os.data.attach.handler(async function* ({ errors }) {
          await Promise.resolve()
          yield { phase: 'downloading', done: 1, total: 2 } satisfies OpenProgress
          throw studioError(
            new StudioError('data/not-loaded', { dataset: 'mnist', file: 'x', reason: '404' }),
            errors,
          )
        }),
      },
    })
    const events = await client.data.attach({ datasetId: 'mnist', settings: null })
    expect((await events.next()).value).toEqual({ phase: 'downloading', done: 1, total: 2 })
    await expect(events.next()).rejects.toMatchObject({
      data: { code: 'data/not-loaded', params: { reason: '404' } },
    })
  })

  it('streams progress in order and ends with the result', async () => {
    const summary = { id: '1', name: 'tiny' } as ModelSummary
    const client = connect({
      model: {
        open: os.model.open.handler(async function* () {
          for (let done = 0; done < 50; done++) {
            await Promise.resolve()
            yield { phase: 'reading', done, total: 50 } satisfies OpenProgress
          }
          return summary
        }),
      },
    })
    const events = await client.model.open({ files: [] })
    const seen: number[] = []
    for (;;) {
      const step = await events.next()
      if (step.done === true) {
        expect(step.value).toEqual(summary)
        break
      }
      seen.push(step.value.done)
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index))
  })

  it('cancels by signal, before and after the first event', async () => {
    let aborted = 0
    const client = connect({
      measure: {
        original: os.measure.original.handler(async function* ({ signal }) {
          yield {
            type: 'accuracy',
            split: 'validation',
            dataset: 'x',
            correct: 1,
            measured: 2,
            total: 3,
            originalCorrect: 1,
            paired: { onlyOriginal: 0, onlyCompressed: 0 },
            topFive: null,
            confusion: null,
          }
          await new Promise<void>((resolve) => {
            signal?.addEventListener('abort', () => {
              aborted++
              resolve()
            })
          })
          return undefined
        }),
      },
    })
    const controller = new AbortController()
    const events = await client.measure.original(undefined, { signal: controller.signal })
    await events.next()
    const waiting = events.next()
    controller.abort()
    // With what, depends on when the library notices; that it was aborted is known to the caller.
    await expect(waiting).rejects.toThrow()
    await expect.poll(() => aborted).toBe(1)
  })

  it('cancels when the reader leaves the stream', async () => {
    let ended = false
    const client = connect({
      recipe: {
        preview: os.recipe.preview.handler(async function* ({ signal }) {
          try {
            for (;;) {
              await new Promise((resolve) => setImmediate(resolve))
              if (signal?.aborted === true) return undefined
              yield { type: 'size' } as never
            }
          } finally {
            ended = true
          }
        }),
      },
    })
    const events = await client.recipe.preview({} as never)
    await events.next()
    await events.return(undefined)
    await expect.poll(() => ended).toBe(true)
  })

  it('moves a large file without reading it, under its path', async () => {
    const size = 256 * 2 ** 20
    let received: readonly File[] = []
    const client = connect({
      model: {
        open: os.model.open.handler(async function* ({ input }) {
          await Promise.resolve()
          received = input.files
          yield { phase: 'reading', done: 0, total: 0 } satisfies OpenProgress
          return { id: '1' } as ModelSummary
        }),
      },
    })
    const file = new UnreadFile([new Uint8Array(size)], 'shard.bin')
    Object.defineProperty(file, 'webkitRelativePath', { value: 'folder/shard.bin' })
    const events = await client.model.open({ files: [file, new File(['abc'], 'model.json')] })
    await events.next()
    const [large, small] = received
    expect(large?.size).toBe(size)
    expect(large?.name).toBe('folder/shard.bin')
    expect(small?.name).toBe('model.json')
    expect(await small?.text()).toBe('abc')
  })

  it('a file that crosses again arrives as the object it was, another of its name as its own', async () => {
    const received: (readonly File[])[] = []
    const router = {
      model: {
        missing: os.model.missing.handler(({ input }) => {
          received.push(input.files)
          return []
        }),
      },
    }
    const client = connect(router)
    const file = new File(['a'], 'model.json')
    await client.model.missing({ files: [file] })
    await client.model.missing({ files: [new File(['b'], 'model.json'), file] })
    // A worker that was started anew has seen none of them.
    await connect(router).model.missing({ files: [file] })
    const [[before] = [], [other, again] = [], [anew] = []] = received
    expect(again).toBe(before)
    expect(other).not.toBe(before)
    expect(anew).not.toBe(before)
    expect(await Promise.all([other, again, anew].map(async (one) => one?.text()))).toEqual([
      'b',
      'a',
      'a',
    ])
  })

  it('moves a large result out of the worker without reading it', async () => {
    class UnreadBlob extends Blob {
      override arrayBuffer(): never {
        throw new Error('the blob was read')
      }
      override stream(): never {
        throw new Error('the blob was read')
      }
    }
    const bytes = new Uint8Array(256 * 2 ** 20)
    bytes[bytes.length - 1] = 7
    const client = connect({
      recipe: {
        export: os.recipe.export.handler(async function* () {
          await Promise.resolve()
          yield { phase: 'writing', done: 0, total: 0 }
          return { fileName: 'x.zip', zip: new UnreadBlob([bytes]) } as unknown as ExportResult
        }),
      },
    })
    const events = await client.recipe.export({} as never)
    await events.next()
    const end = await events.next()
    if (end.done !== true) throw new Error('the stream goes on')
    const { zip } = end.value
    expect(zip).toBeInstanceOf(Blob)
    expect(zip.size).toBe(bytes.length)
    const tail = new Uint8Array(await zip.slice(-1).arrayBuffer())
    expect(tail).toEqual(Uint8Array.of(7))
  })
})

describe('droppedPath', () => {
  it('prefers the folder that the browser knows, then the one that the drop area knows', () => {
    const file = new File([], 'a.bin')
    expect(droppedPath(file)).toBe('a.bin')
    Object.defineProperty(file, 'path', { value: './model/a.bin' })
    expect(droppedPath(file)).toBe('model/a.bin')
    Object.defineProperty(file, 'webkitRelativePath', { value: 'folder/a.bin' })
    expect(droppedPath(file)).toBe('folder/a.bin')
  })
})

describe('connecting to a fresh worker', () => {
  it('hands it one port for calls, one for beats, and the address of the page', async () => {
    const beats: Beat[] = []
    let sent: EnginePorts | null = null
    const worker = {
      postMessage: (message: unknown) => {
        sent = readEnginePorts(message)
      },
    }
    const faults: StudioErrorData[] = []
    connectEngine(
      worker,
      (beat) => beats.push(beat),
      (fault) => faults.push(fault),
      'http://localhost/studio/',
    )
    const ports = (() => sent as EnginePorts | null)()
    expect(ports?.page).toBe('http://localhost/studio/')
    ports?.beats.postMessage({ type: 'something else' })
    ports?.beats.postMessage({ type: 'beat', expectedMs: 12 } satisfies Beat)
    await expect.poll(() => beats).toEqual([{ type: 'beat', expectedMs: 12 }])
    const fault = {
      code: 'engine/device-lost',
      params: { backend: 'webgpu', reason: 'gone' },
    } as const
    ports?.beats.postMessage({ type: 'fault', fault } satisfies FaultSign)
    await expect.poll(() => faults).toEqual([fault])
    ports?.beats.close()
    ports?.calls.close()
  })
})
