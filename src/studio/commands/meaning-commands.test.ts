import { expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import { sample, setUp } from '../../../testing/studio/fake-studio'

it('what outputs mean is told to the engine, also to the next one, until another model comes', async () => {
  const { commands, engine, store } = await setUp()
  await commands.openSample(sample)
  await expect.poll(() => store.getState().originalMeasure !== null).toBe(true)
  await commands.readOutputsAs('vectors')
  expect(engine.calls).toContain('outputs are vectors')
  const told = () => engine.calls.filter((call) => call.startsWith('outputs are')).length
  expect(told()).toBe(1)

  engine.processes.at(-1)?.die(new StudioError('engine/hung', { task: 'measure', seconds: 10 }))
  await expect.poll(told).toBe(2)
  await commands.openSample(sample)
  engine.processes.at(-1)?.die(new StudioError('engine/hung', { task: 'measure', seconds: 10 }))
  await expect.poll(() => engine.calls.filter((call) => call.startsWith('start')).length).toBe(3)
  await expect.poll(() => store.getState().engine.state).toBe('ready')
  expect(told()).toBe(2)
})
