import { describe, expect, it } from 'vitest'
import { memoryFile } from '../files/file-bundle'
import { imageFolderSource } from './image-folder'

const bundle = (paths: readonly string[]) => paths.map((path) => memoryFile(path, Uint8Array.of(1)))

/** Path of each sample with its class. */
function read(paths: readonly string[]) {
  const { samples, labels, name } = imageFolderSource('dropped', bundle(paths))
  if (samples.kind !== 'images') throw new Error('no images')
  return {
    name,
    classNames: labels?.kind === 'classes' ? labels.classNames : null,
    samples: samples.files.map(({ path }, index) => [
      path,
      labels?.kind === 'classes' ? labels.classNames[labels.values[index] ?? -1] : null,
    ]),
  }
}

describe('pictures in folders', () => {
  it('have a class for each sub-folder, numbers in order', () => {
    expect(read(['pets/10/a.png', 'pets/2/b.png', 'pets/2/a.png', 'pets/readme.txt'])).toEqual({
      name: 'pets',
      classNames: ['2', '10'],
      samples: [
        ['pets/2/a.png', '2'],
        ['pets/2/b.png', '2'],
        ['pets/10/a.png', '10'],
      ],
    })
  })

  it('lose folders of splits', () => {
    const found = read(['d/train/cat/1.jpg', 'd/train/dog/1.jpg', 'd/test/cat/2.jpg'])
    expect(found.classNames).toEqual(['cat', 'dog'])
    expect(found.samples).toContainEqual(['d/test/cat/2.jpg', 'cat'])
  })

  it('keep the class of pictures that lie deeper', () => {
    expect(read(['cat/indoor/1.jpg', 'cat/2.jpg', 'dog/3.jpg']).classNames).toEqual(['cat', 'dog'])
  })

  it('are unlabelled in one folder, or where some have none', () => {
    expect(read(['a.png', 'b.png']).classNames).toBeNull()
    expect(read(['x/a.png', 'x/b.png']).classNames).toBeNull()
    expect(read(['x/a.png', 'b.png']).classNames).toBeNull()
  })

  it('leave out what is no picture, and refuse to be none', () => {
    const found = read(['x/a.png', '__MACOSX/x/._a.png', 'x/.b.png', 'y/Thumbs.db', 'y/c.gif'])
    expect(found.samples.map(([path]) => path)).toEqual(['x/a.png', 'y/c.gif'])
    expect(() => imageFolderSource('d', bundle(['a.txt']))).toThrow(/data\/is-empty/)
  })
})
