import { describe, expect, it } from 'vitest'
import {
  classesOf,
  controlsOf,
  readPictures as read,
  samplesOf,
} from '../../../testing/files/read-pictures'

const pictures = Array.from({ length: 6 }, (_, at) => `p/${at + 1}.png`)

describe('a list with a line for each picture', () => {
  it.each([
    ['labels.txt', 'cat\ndog\ncat\ndog\ncat\ncat\n'],
    ['imagelabels.csv', 'label\r\ncat\r\ndog\r\ncat\r\ndog\r\ncat\r\ncat\r\n'],
  ])('%s is offered, in the order of names', async (name, text) => {
    const texts = { [name]: text }
    const guessed = await read(pictures, { texts })
    expect(classesOf(guessed)).toBeNull()
    expect(guessed.reading.controls).toMatchObject([
      { id: 'labelsFrom', value: ['noLabels'], options: ['labelList', 'noLabels'] },
    ])
    const found = await read(pictures, { texts, choices: { labelsFrom: ['labelList'] } })
    expect(samplesOf(found).map(([, label]) => label)).toEqual(text.match(/cat|dog/g))
    expect(found.reading.notes).toEqual([{ id: 'labelsInList', params: { file: name } }])
    expect(found.reading.account).toEqual({ read: 7, leftOut: [] })
  })

  it.each([
    ['fewer lines', 'cat\ndog\ncat\n'],
    ['a list of classes', 'a\nb\nc\nd\ne\nf\n'],
    ['cells', 'a,b\na,b\nc,d\na,b\na,b\nc,d\n'],
    ['an empty line', 'a\nb\n\na\nb\na\n'],
  ])('is not one with %s', async (_, text) => {
    expect(controlsOf(await read(pictures, { texts: { 'labels.txt': text } }))).toEqual({})
  })
})

describe('annotations beside pictures', () => {
  it('are not read, which is said', async () => {
    const texts = { 'p/1.xml': '<annotation/>', 'instances_train.json': '{}', 'readme.txt': 'x' }
    expect((await read(pictures, { texts })).reading.notes).toEqual([
      { id: 'annotationsUnread', params: { count: 2, names: '1.xml, instances_train.json' } },
    ])
  })
})
