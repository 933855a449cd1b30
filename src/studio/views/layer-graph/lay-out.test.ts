import { expect, test } from 'vitest'
import { placeLayers } from '../../../layout/place-layers'
import { layOut } from './lay-out'

/** A worker by hand: what it was given, whether it was ended, and how it answers. */
class FakeWorker extends EventTarget {
  given: unknown = null
  ended = false

  postMessage(given: unknown): void {
    this.given = given
  }

  terminate(): void {
    this.ended = true
  }
}

function asked() {
  const worker = new FakeWorker()
  const leaving = new AbortController()
  const layers = [
    { name: 'a', inputs: [], tensors: ['more than a worker needs'] },
    { name: 'b', inputs: ['a'], tensors: [] },
  ]
  const found = layOut(layers, leaving.signal, () => worker)
  return { worker, leaving, found }
}

test('a worker is given names and lines alone, and is ended once it has answered', async () => {
  const { worker, found } = asked()
  const wanted = [
    { name: 'a', inputs: [] },
    { name: 'b', inputs: ['a'] },
  ]
  expect(worker.given).toEqual(wanted)
  const drawing = placeLayers(wanted)
  worker.dispatchEvent(new MessageEvent('message', { data: drawing }))
  expect(await found).toBe(drawing)
  expect(worker.ended).toBe(true)
})

test('a worker that does not load is a part of the page that does not', async () => {
  const { worker, found } = asked()
  worker.dispatchEvent(new ErrorEvent('error', { message: 'offline' }))
  await expect(found).rejects.toMatchObject({ code: 'page/part-not-loaded' })
  expect(worker.ended).toBe(true)
})

test('a worker whose view is left is ended', async () => {
  const { worker, leaving, found } = asked()
  leaving.abort()
  await expect(found).rejects.toMatchObject({ code: 'page/part-not-loaded' })
  expect(worker.ended).toBe(true)
})
