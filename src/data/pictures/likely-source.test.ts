import { describe, expect, it } from 'vitest'
import {
  classesOf,
  controlsOf,
  readPictures as read,
  samplesOf,
} from '../../../testing/files/read-pictures'

describe('classes as many as the model tells apart', () => {
  it('are in the only level of folders that has them', async () => {
    const paths = ['pets/cat/1', 'pets/dog/2', 'wild/owl/3', 'wild/pig/4'].map(
      (path) => `${path}.png`,
    )
    expect(classesOf(await read(paths))).toEqual(['pets', 'wild'])
    expect(classesOf(await read(paths, { outputs: 4 }))).toEqual(['cat', 'dog', 'owl', 'pig'])
    expect(classesOf(await read(paths, { outputs: 2 }))).toEqual(['pets', 'wild'])
    expect(classesOf(await read(paths, { outputs: 7 }))).toEqual(['pets', 'wild'])
    const choices = { classLevel: ['1: pets, wild'] }
    expect(classesOf(await read(paths, { outputs: 4, choices }))).toEqual(['pets', 'wild'])
  })

  it('are in file names where folders are months, or have others', async () => {
    const names = ['cat_1', 'dog_2', 'cat_3', 'dog_4', 'cat_5', 'dog_6']
    const months = names.map((name, at) => `2020/0${(at % 3) + 1}/${name}.png`)
    expect(classesOf(await read(months))).toEqual(['cat', 'dog'])
    expect(classesOf(await read(months, { outputs: 3 }))).toEqual(['01', '02', '03'])
    const rooms = names.map((name, at) => `room ${at % 3}/${name}.png`)
    expect(classesOf(await read(rooms))).toHaveLength(3)
    expect(classesOf(await read(rooms, { outputs: 2 }))).toEqual(['cat', 'dog'])
  })

  it('are in folders where a table has others', async () => {
    const paths = ['a/1.png', 'b/2.png', 'c/3.png', 'a/4.png', 'b/5.png', 'c/6.png']
    const texts = { 't.csv': 'file,label\n1.png,x\n2.png,y\n3.png,x\n4.png,y\n5.png,x\n6.png,y\n' }
    expect(classesOf(await read(paths, { texts }))).toEqual(['x', 'y'])
    expect(classesOf(await read(paths, { texts, outputs: 3 }))).toEqual(['a', 'b', 'c'])
  })

  it('may be numbers in file names, which is offered', async () => {
    const paths = ['0_1.png', '0_2.png', '1_3.png', '1_4.png']
    expect(controlsOf(await read(paths))).toEqual({})
    const offered = await read(paths, { outputs: 2 })
    expect([classesOf(offered), controlsOf(offered)]).toEqual([null, { labelsFrom: ['noLabels'] }])
    const choices = { labelsFrom: ['fileNumbers'] }
    const found = await read(paths, { outputs: 2, choices })
    expect(samplesOf(found).map(([, label]) => label)).toEqual(['0', '0', '1', '1'])
    expect(found.reading.notes).toEqual([{ id: 'labelsAreNumbers', params: { names: '0, 1' } }])
  })

  it('may be one, the only folder, which is taken where a list has it', async () => {
    const texts = { 'd/labels.txt': 'dog\ncat\nowl\npig\n' }
    const found = await read(['d/cat/1.png', 'd/cat/2.png'], { texts, outputs: 4 })
    expect([classesOf(found), samplesOf(found)]).toEqual([
      ['dog', 'cat', 'owl', 'pig'],
      [
        ['d/cat/1.png', 'cat'],
        ['d/cat/2.png', 'cat'],
      ],
    ])
  })

  it('may be one, the only folder, which is offered', async () => {
    for (const paths of [
      ['d/cat/1.png', 'd/cat/2.png'],
      ['train/cat/1.png', 'test/cat/2.png'],
    ]) {
      expect(classesOf(await read(paths, { outputs: 4 }))).toBeNull()
      const found = await read(paths, { outputs: 4, choices: { labelsFrom: ['folders'] } })
      expect(classesOf(found)).toEqual(['cat'])
    }
  })
})
