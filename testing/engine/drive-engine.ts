/** Small steps that tests of a whole engine share. */
import * as tf from '@tensorflow/tfjs'
import { beforeAll, beforeEach } from 'vitest'
import { StudioError } from '../../src/core/errors'
import type { ExportTarget } from '../../src/core/model-summary'
import { createEngine } from '../../src/engine/engine'
import type { Engine } from '../../src/engine/engine'
import type { EngineEnvironment } from '../../src/engine/host/environment'
import { drain } from '../../src/protocol/drain'
import type { Stream } from '../../src/protocol/procedures'
import type { Recipe } from '../../src/techniques/recipe'
import { smallEnvironment } from './small-environment'
import { recipeWith } from '../studio/recipe-with'

/** A fresh engine on WebAssembly, with small data, for every test of a file; closed afterwards. */
export function freshEngine(changes: Partial<EngineEnvironment> = {}): {
  readonly current: Engine
} {
  const holder = { current: createEngine(smallEnvironment(changes)) }
  beforeAll(async () => {
    await tf.setBackend('cpu')
  })
  beforeEach(async () => {
    const engine = createEngine(smallEnvironment(changes))
    holder.current = engine
    await engine.start({ forced: 'wasm', exclude: [] })
    return () => engine.model.close()
  })
  return holder
}

/** Everything that a long call told, and what it ended with. */
export async function drained<Event, Result>(
  stream: Stream<Event, Result>,
): Promise<{ events: Event[]; result: Result }> {
  const events: Event[] = []
  const result = await drain(stream, (event) => {
    events.push(event)
  })
  return { events, result }
}

/** What a download is where nobody chose. */
export const exactFile: ExportTarget = { container: 'tfjs', precision: 'exact' }

export function file(name: string, content: Uint8Array | string): File {
  return new File([content as BlobPart], name)
}

export function filesOf(files: ReadonlyMap<string, Uint8Array>): File[] {
  return [...files].map(([name, bytes]) => file(name, bytes))
}

export function quantized(bits: number): Recipe {
  return recipeWith({ quantize: { bits } })
}

/** The error that work must end in. */
export async function errorOf(work: Promise<unknown>): Promise<StudioError> {
  try {
    await work
  } catch (error) {
    if (error instanceof StudioError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** The last event of a kind that a call told. */
export function lastOf<Event extends { readonly type: string }, Type extends Event['type']>(
  events: readonly Event[],
  type: Type,
): Extract<Event, { type: Type }> {
  const [found] = events.filter((event) => event.type === type).slice(-1)
  if (found === undefined) throw new Error(`no ${type} among ${events.map((e) => e.type).join()}`)
  return found as Extract<Event, { type: Type }>
}
