import { expect, it } from 'vitest'
import { openedKeras, recordedFile } from '../../../testing/files/recorded-keras'
import { portNames } from './named-ports'
import { plannedFile } from './writing/plan-file'

const record = recordedFile('testing/files/keras-cases/by_name.keras3.json')

it('a model that gives a dict says so, in the order in which it gives them here', async () => {
  const { graph, notes } = await openedKeras(record)
  expect(notes).toContainEqual({ code: 'note/named-outputs', params: { names: 'kind, size' } })
  expect(graph.outputs).toHaveLength(2)
  expect(record.outputs.map(({ shape }) => shape)).toEqual([
    [3, 3],
    [3, 2],
  ])
})

it.each(['keras', 'h5'] as const)(
  'a .%s file that is written takes and gives dicts again',
  async (kind) => {
    const { config } = plannedFile(await openedKeras(record), kind)
    expect(portNames(config, 'input_layers')).toEqual(['age', 'width'])
    expect(portNames(config, 'output_layers')).toEqual(['kind', 'size'])
    expect(config['config']).toMatchObject({
      input_layers: { age: ['a_right', 0, 0], width: ['z_left', 0, 0] },
      output_layers: { kind: ['b', 0, 0], size: ['a', 0, 0] },
    })
  },
)

it('lists, and what lies deeper than a dict, have no names', () => {
  const model = (ports: NonNullable<Parameters<typeof portNames>[0]['config']>) =>
    portNames({ class_name: 'Functional', config: { output_layers: ports } }, 'output_layers')
  expect(model([['a', 0, 0]])).toBeNull()
  expect(model({ both: [['a', 0, 0]] })).toBeNull()
  expect(model({ both: { one: ['a', 0, 0] } })).toBeNull()
  expect(model({ only: ['a', 0, 0] })).toEqual(['only'])
})
