import { describe, expect, it } from 'vitest'
import {
  classesOf,
  controlsOf,
  leftOf,
  readPictures as read,
  samplesOf,
} from '../../../testing/files/read-pictures'

describe('pictures in folders', () => {
  it('have a class for each sub-folder, numbers in order', async () => {
    const found = await read(['pets/10/a.png', 'pets/2/b.png', 'pets/2/a.png', 'pets/readme.txt'])
    expect(found.reading.name).toBe('pets')
    expect(found.source?.labels).toMatchObject({ classNames: ['2', '10'], numbers: [2, 10] })
    expect(samplesOf(found)).toEqual([
      ['pets/2/a.png', '2'],
      ['pets/2/b.png', '2'],
      ['pets/10/a.png', '10'],
    ])
    expect(found.reading.preview).toEqual({
      kind: 'files',
      classes: [
        { label: '2', count: 2, examples: ['pets/2/a.png', 'pets/2/b.png'] },
        { label: '10', count: 1, examples: ['pets/10/a.png'] },
      ],
    })
  })

  it('that were dropped side by side are called after all of them', async () => {
    const nameOf = async (paths: readonly string[]) => (await read(paths)).reading.name
    expect(await nameOf(['cats/1.png', 'dogs/2.png'])).toBe('cats + dogs')
    expect(await nameOf(['a/1.png', 'b/2.png', 'c/3.png', 'd/4.png'])).toBe('a + b + c + …')
    expect(await nameOf(['cats/1.png', '__MACOSX/cats/._1.png', 'cats/2.png'])).toBe('cats')
    expect(await nameOf(['1.png', 'cats/2.png', 'dogs/3.png'])).toBe('1')
  })

  const cases = ['Cat/1.png', 'cat/2.png', 'cat/3.png', 'dog/4.png']
  it('whose names differ only in case are classes of their own, or one where somebody says so', async () => {
    const apart = await read(cases)
    expect(classesOf(apart)).toEqual(['Cat', 'cat', 'dog'])
    expect(controlsOf(apart)).toMatchObject({ alikeClasses: ['apart'] })
    const together = await read(cases, { choices: { alikeClasses: ['together'] } })
    expect(samplesOf(together)).toEqual(cases.map((path, at) => [path, at < 3 ? 'cat' : 'dog']))
    expect(together.reading.notes).toEqual([
      { id: 'alikeTogether', params: { names: 'Cat = cat' } },
    ])
    expect(controlsOf(await read(['cat/1.png', 'dog/2.png']))).not.toHaveProperty('alikeClasses')
  })

  it('whose names differ only in case are one where only so the model has an output for each', async () => {
    expect(classesOf(await read(cases, { outputs: 2 }))).toEqual(['cat', 'dog'])
    expect(classesOf(await read(cases, { outputs: 3 }))).toEqual(['Cat', 'cat', 'dog'])
    expect(classesOf(await read(cases, { outputs: 9 }))).toEqual(['Cat', 'cat', 'dog'])
    const wide = ['ＡＢ/1.png', 'ab/2.png', 'c/3.png', 'C /4.png']
    expect(classesOf(await read(wide, { outputs: 2 }))).toEqual(['C ', 'ab'])
  })

  it('lose folders of splits, and say that they are split anew', async () => {
    const found = await read(['d/train/cat/1.jpg', 'd/train/dog/1.jpg', 'd/test/cat/2.jpg'])
    expect(classesOf(found)).toEqual(['cat', 'dog'])
    expect(samplesOf(found)).toContainEqual(['d/test/cat/2.jpg', 'cat'])
    expect(found.reading.notes).toContainEqual({
      id: 'splitsMerged',
      params: { folders: 'test, train' },
    })
  })

  it('without a class are left out and named where others have one', async () => {
    const stray = await read(['f/overview.png', 'f/cats/1.png', 'f/dogs/2.png'])
    expect(samplesOf(stray).map(([path]) => path)).toEqual(['f/cats/1.png', 'f/dogs/2.png'])
    expect(leftOf(stray)).toEqual({ unlabelled: ['f/overview.png'] })
    const tests = ['d/test/1.png', 'd/test/2.png', 'd/test/3.png']
    const competition = await read(['d/train/cats/1.png', 'd/train/dogs/2.png', ...tests])
    expect(classesOf(competition)).toEqual(['cats', 'dogs'])
    expect(leftOf(competition)).toEqual({ unlabelled: tests })
  })

  it('are not labelled by folders that hold few of them, unless a person says so', async () => {
    const many = Array.from({ length: 9 }, (_, at) => `all/${at}.png`)
    const paths = [...many, 'all/old/a.png', 'all/misc/b.png']
    const found = await read(paths)
    expect(classesOf(found)).toBeNull()
    expect(found.reading.account).toEqual({ read: 11, leftOut: [] })
    const chosen = await read(paths, { choices: { labelsFrom: ['folders'] } })
    expect(classesOf(chosen)).toEqual(['misc', 'old'])
    expect(chosen.reading.account).toMatchObject({ read: 2, leftOut: [{ count: 9 }] })
  })

  it('keep the class of pictures that lie deeper', async () => {
    const paths = ['cat/indoor/1.jpg', 'cat/2.jpg', 'dog/3.jpg', 'dog/out/4.jpg']
    const found = await read(paths)
    expect(classesOf(found)).toEqual(['cat', 'dog'])
    expect(controlsOf(found)).toMatchObject({ classLevel: ['1: cat, dog'] })
    const choices = { classLevel: ['2: indoor, out'] }
    expect(classesOf(await read(paths, { choices }))).toEqual(['indoor', 'out'])
  })

  it('have the splits and the level that a person says', async () => {
    const paths = ['a/cats/1.png', 'a/dogs/2.png', 'b/cats/3.png', 'b/dogs/4.png']
    expect(classesOf(await read(paths))).toEqual(['a', 'b'])
    const found = await read(paths, { choices: { splitFolders: ['a', 'b'] } })
    expect(classesOf(found)).toEqual(['cats', 'dogs'])
    expect(found.reading.controls.find(({ id }) => id === 'splitFolders')).toMatchObject({
      options: ['a', 'b', 'cats', 'dogs'],
      many: true,
      verbatim: true,
      guessed: false,
    })
    const split = ['train/cats/1.png', 'test/cats/2.png']
    expect(classesOf(await read(split, { choices: { splitFolders: [] } }))).toEqual([
      'test',
      'train',
    ])
  })

  it('are unlabelled in one folder, or where a person wants no labels', async () => {
    expect(classesOf(await read(['a.png', 'b.png']))).toBeNull()
    expect(classesOf(await read(['x/a.png', 'x/b.png']))).toBeNull()
    expect(classesOf(await read(['x/a.png', 'b.png']))).toBeNull()
    const found = await read(['f/1.png', 'f/cats/1.png', 'f/dogs/2.png'], {
      choices: { labelsFrom: ['noLabels'] },
    })
    expect([classesOf(found), found.reading.account.read]).toEqual([null, 3])
  })

  it('leave out what is no picture, counted and named, and refuse to be none', async () => {
    const found = await read(
      ['x/a.png', '__MACOSX/x/._a.png', 'x/.b.png', 'y/Thumbs.db', 'y/c.gif', 'y/d.tiff'],
      { texts: { 'x/e.svg': '<svg/>', 'y/notes.txt': 'of no picture' } },
    )
    expect(samplesOf(found).map(([path]) => path)).toEqual(['x/a.png', 'y/c.gif'])
    expect(found.reading.account).toEqual({
      read: 2,
      leftOut: [
        { reason: 'hidden', count: 3, examples: ['._a.png', '.b.png', 'Thumbs.db'] },
        { reason: 'otherFormat', count: 3, examples: ['d.tiff', 'e.svg', 'notes.txt'] },
      ],
    })
    await expect(read(['a.txt'])).rejects.toMatchObject({ code: 'data/unknown-kind' })
    await expect(read(['.a.png', '.b.png'])).rejects.toMatchObject({ code: 'data/is-empty' })
  })
})
