import { describe, expect, it } from 'vitest'
import { zipOf } from '../../../testing/files/foreign-data'
import { memoryFile } from '../../files/file-bundle'
import { readData } from '../read-data'
import { accountOf, withLeftOut } from './reading'

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const table = text('a,b,label\n1,2,x\n3,4,y\n5,6,x\n')

async function accountOfDrop(files: Readonly<Record<string, Uint8Array>>) {
  const bundle = Object.entries(files).map(([path, bytes]) => memoryFile(path, bytes))
  const wishes = { choices: {}, inputs: [] }
  return (await readData(bundle, wishes, () => Promise.resolve())).reading.account
}

describe('every file that was dropped is accounted for', () => {
  it('beside a table', async () => {
    const beside = {
      'data/LICENSE': text('x'),
      'data/.DS_Store': text('x'),
      'data/a.svg': text('x'),
    }
    expect(await accountOfDrop({ 'data/t.csv': table, ...beside })).toEqual({
      read: 1,
      leftOut: [
        { reason: 'hidden', count: 1, examples: ['.DS_Store'] },
        { reason: 'otherFormat', count: 2, examples: ['LICENSE', 'a.svg'] },
      ],
    })
  })

  it('in a zip, with what lies beside the zip', async () => {
    const zip = zipOf(
      new Map([
        ['t.csv', table],
        ['notes.md', text('x')],
      ]),
    )
    expect(await accountOfDrop({ 't.zip': zip, 'readme.txt': text('x') })).toEqual({
      read: 1,
      leftOut: [{ reason: 'otherFormat', count: 2, examples: ['notes.md', 'readme.txt'] }],
    })
  })

  it('among pictures: TIFF, HEIC and SVG are of another kind', async () => {
    const names = ['a/1.png', 'a/2.png', 'b/3.png', 'a/4.tif', 'a/5.tiff', 'b/6.heic', 'b/7.svg']
    const files = Object.fromEntries(names.map((name) => [`pets/${name}`, text(name)]))
    expect(await accountOfDrop(files)).toEqual({
      read: 3,
      leftOut: [
        { reason: 'otherFormat', count: 4, examples: ['4.tif', '5.tiff', '6.heic', '7.svg'] },
      ],
    })
  })

  it('and reasons that come twice are added up', () => {
    const first = accountOf(3, { hidden: ['a', 'b', 'c', 'd'] })
    expect(withLeftOut(first, { hidden: ['e', 'f'], broken: ['g'] })).toEqual({
      read: 3,
      leftOut: [
        { reason: 'hidden', count: 6, examples: ['a', 'b', 'c', 'd', 'e'] },
        { reason: 'broken', count: 1, examples: ['g'] },
      ],
    })
  })
})
