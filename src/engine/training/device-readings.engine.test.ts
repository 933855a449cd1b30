import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { DeviceReadings } from './device-readings'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Runs so many steps of so many milliseconds each. @returns the steps that were waited for, and what was read at each */
async function run(
  readings: DeviceReadings,
  clock: { ms: number },
  steps: number,
  msPerStep: number,
): Promise<(readonly [step: number, losses: readonly number[]])[]> {
  const read: (readonly [number, readonly number[]])[] = []
  for (let step = 0; step < steps; step++) {
    clock.ms += msPerStep
    if (readings.isDue) read.push([step, await readings.take(step)])
    else readings.keep(tf.scalar(step))
  }
  return read
}

describe('readings of a device', () => {
  it('wait for each step elsewhere', async () => {
    const clock = { ms: 0 }
    const read = await run(new DeviceReadings(false, () => clock.ms), clock, 3, 1)
    expect(read).toEqual([
      [0, [0]],
      [1, [1]],
      [2, [2]],
    ])
  })

  it('come about four times a second, with the loss of every step in its order', async () => {
    const clock = { ms: 0 }
    const before = tf.memory().numTensors
    const readings = new DeviceReadings(true, () => clock.ms)
    const read = await run(readings, clock, 100, 25)
    expect(read.map(([step]) => step)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
    expect(read.flatMap(([, losses]) => losses)).toEqual([...Array(91).keys()])
    expect(tf.memory().numTensors).toBe(before + 9)
    readings.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('wait for each step where one takes long, and for one of fifty at most', async () => {
    const clock = { ms: 0 }
    const readings = new DeviceReadings(true, () => clock.ms)
    expect(await run(readings, clock, 4, 400)).toHaveLength(4)
    const quick = await run(readings, clock, 400, 0.1)
    expect(Math.max(...quick.map(([, losses]) => losses.length))).toBe(50)
    readings.dispose()
  })

  it('do not count a pause as time of steps', async () => {
    const clock = { ms: 0 }
    const readings = new DeviceReadings(true, () => clock.ms)
    await run(readings, clock, 1, 25)
    clock.ms += 60_000
    readings.restart()
    const read = await run(readings, clock, 30, 25)
    expect(read.map(([, losses]) => losses.length)).toEqual([10, 10, 10])
  })
})
