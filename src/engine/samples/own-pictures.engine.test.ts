import { describe, expect, it } from 'vitest'
import { drained, file, filesOf, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { encodedName } from '../../../testing/files/encoded-names'
import { zipOf } from '../../../testing/files/foreign-data'
import { caseModel, casePicture, casePictures, upTo } from '../../../testing/files/picture-cases'
import * as layouts from '../../../testing/files/picture-layouts'
import { zipBytes } from '../../../testing/files/zip-bytes'
import type { NameEncoding } from '../../files/name-encoding'
import type { ReadingChoices } from '../../data/reading/reading'

const engine = freshEngine()
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Reads and attaches files; what was read, and how often the model is right. */
async function measured(files: readonly File[], outputs = 2, choices: ReadingChoices = {}) {
  await drained(engine.current.model.open({ files: await caseModel(outputs) }))
  const { result } = await drained(engine.current.data.read({ files, choices }))
  const { result: data } = await drained(
    engine.current.data.open({ files, choices, settings: null }),
  )
  const { events } = await drained(engine.current.measure.original())
  const { correct, measured: count } = lastOf(events, 'accuracy')
  return {
    classNames: data.classNames,
    accuracy: correct / count,
    samples: data.own?.samples,
    reading: result.reading,
  }
}

const zipFile = (
  layout: readonly (readonly [string, number])[],
  others: [string, Uint8Array][] = [],
) => file('x.zip', zipOf(new Map([...casePictures(layout), ...others])))

describe('folders of pictures as people have them', () => {
  it.each([
    ['test pictures without a class', layouts.flatTest, 24],
    ['training_set and test_set', layouts.trainingSet, 28],
    ['a split in a folder of its name', layouts.seg, 28],
    ['one picture beside the classes', layouts.stray, 24],
    ['three splits, a preview and a loose picture', layouts.mixedCase, 28],
  ] as const)('%s', async (_, layout, samples) => {
    const found = await measured([zipFile(layout)])
    expect(found).toMatchObject({ accuracy: 1, samples })
    expect(found.classNames).toHaveLength(2)
    const { read, leftOut } = found.reading.account
    const left = layout.length - samples
    expect(read).toBe(samples)
    expect(leftOut.map(({ reason, count }) => [reason, count])).toEqual(
      left === 0 ? [] : [['unlabelled', left]],
    )
  })

  it('classes in their names', async () => {
    expect(await measured([zipFile(layouts.inNames)])).toMatchObject({
      accuracy: 1,
      classNames: ['cat', 'dog'],
      samples: 24,
    })
  })

  it.each([
    ['in the zip', [zipFile(layouts.besideTable, [['labels.csv', bytes(layouts.labelTable)]])]],
    ['beside the zip', [zipFile(layouts.besideTable), file('labels.csv', layouts.labelTable)]],
    [
      'among loose pictures',
      [...filesOf(casePictures(layouts.besideTable)), file('labels.csv', layouts.labelTable)],
    ],
  ])('a table of labels %s', async (_, files) => {
    const found = await measured(files)
    expect(found).toMatchObject({ accuracy: 1, classNames: ['cats', 'dogs'], samples: 24 })
    expect(found.reading.account).toEqual({ read: 25, leftOut: [] })
  })

  it('train.zip and test.zip, as competitions have them, with a table of the first', async () => {
    const train = layouts.inNames.map(([, label], at): [string, number] => [`${at}.png`, label])
    const test = [0, 1, 0, 1].map((label, at): [string, number] => [`${at}.png`, label])
    const rows = train.map(([name, label]) => `${name.slice(0, -4)},${label === 0 ? 'cat' : 'dog'}`)
    const zipped = (name: string, layout: readonly (readonly [string, number])[]): File =>
      file(name, zipOf(casePictures(layout)))
    const files = [
      zipped('train.zip', train),
      zipped('test.zip', test),
      file('trainLabels.csv', ['id,label', ...rows, ''].join('\n')),
    ]
    const found = await measured(files)
    expect(found).toMatchObject({ accuracy: 1, classNames: ['cat', 'dog'], samples: 24 })
    expect(found.reading.account.leftOut).toMatchObject([{ reason: 'notInLabelTable', count: 4 }])
  })

  it('a table that knows names without ending, beside two halves of a heap', async () => {
    const files = [zipFile(layouts.parts, [['meta.csv', bytes(layouts.partsTable)]])]
    expect(await measured(files)).toMatchObject({ accuracy: 1, classNames: ['mel', 'nv'] })
  })

  it('a table of object identifiers, deep in folders of patients', async () => {
    const table: [string, Uint8Array] = ['train.tsv', bytes(layouts.identifierTable)]
    const files = [zipFile(layouts.identifiers, [table])]
    expect(await measured(files)).toMatchObject({
      accuracy: 1,
      classNames: ['0', '1'],
    })
  })

  it('a class without pictures keeps its place: by its folder, its number, or a list', async () => {
    const pictures = casePictures(layouts.missingThree)
    const folders = upTo(10).map((name) => ({ name: `${name}/` }))
    const entries = [...pictures].map(([name, data]) => ({ name, data }))
    const withFolders = file('x.zip', zipBytes([...folders, ...entries]))
    const found = await measured([withFolders], 10)
    expect(found).toMatchObject({ accuracy: 1, classNames: upTo(10).map(String), samples: 36 })
    expect(found.reading.preview).toMatchObject({ classes: { 3: { label: '3', count: 0 } } })
    expect(await measured([zipFile(layouts.missingThree)], 10)).toMatchObject({
      accuracy: 1,
      classNames: upTo(10)
        .map(String)
        .filter((name) => name !== '3'),
    })
    const names = ['rose', 'aster', 'iris', 'tulip']
    const some = upTo(24).map((at): [string, number] => {
      const label = [0, 1, 3][at % 3] ?? 0
      return [`${names[label] ?? ''}/${at}.png`, label]
    })
    const listed = await measured([zipFile(some, [['classes.txt', bytes(names.join('\n'))]])], 4)
    expect(listed).toMatchObject({ accuracy: 1, classNames: names })
    expect(listed.reading.account).toEqual({ read: 25, leftOut: [] })
  })
})

describe('names in zips from before Unicode', () => {
  const zip = (
    names: readonly (readonly [folder: string, encoding: NameEncoding | null])[],
    separator = '/',
    step = 100,
  ): File =>
    file(
      'x.zip',
      zipBytes(
        names.flatMap(([folder, encoding], label) =>
          upTo(12).map((at) => {
            const path = `${folder}/${String(at + label * step).padStart(3, '0')}.png`
            const written = path.replaceAll('/', separator)
            return {
              name: encoding === null ? written : encodedName(written, encoding),
              flags: encoding === null ? 1 << 11 : 0,
              data: casePicture(label, at),
            }
          }),
        ),
      ),
    )

  it.each<[string, File, string[], NameEncoding | null]>([
    [
      'GBK',
      zip([
        ['数据/中', 'gbk'],
        ['数据/文', 'gbk'],
      ]),
      ['中', '文'],
      'gbk',
    ],
    [
      'GBK, the same files in both',
      zip(
        [
          ['数据/中', 'gbk'],
          ['数据/文', 'gbk'],
        ],
        '/',
        0,
      ),
      ['中', '文'],
      'gbk',
    ],
    [
      'Shift-JIS',
      zip([
        ['犬', 'shift_jis'],
        ['猫', 'shift_jis'],
      ]),
      ['犬', '猫'],
      'shift_jis',
    ],
    [
      'code page 437',
      zip([
        ['ärger', 'cp437'],
        ['öl', 'cp437'],
      ]),
      ['ärger', 'öl'],
      'cp437',
    ],
    [
      'backslashes',
      zip(
        [
          ['shapes/cat', 'cp437'],
          ['shapes/dog', 'cp437'],
        ],
        '\\',
        0,
      ),
      ['cat', 'dog'],
      null,
    ],
    [
      'Big5',
      zip([
        ['資料/蘋果', 'big5'],
        ['資料/香蕉', 'big5'],
      ]),
      ['蘋果', '香蕉'],
      'big5',
    ],
    [
      'EUC-KR',
      zip([
        ['강아지', 'euc-kr'],
        ['고양이', 'euc-kr'],
      ]),
      ['강아지', '고양이'],
      'euc-kr',
    ],
    [
      'Windows-1252',
      zip([
        ['café', 'windows-1252'],
        ['thé', 'windows-1252'],
      ]),
      ['café', 'thé'],
      'windows-1252',
    ],
    [
      'one that says UTF-8 and one that says nothing',
      zip([
        ['Apfel', null],
        ['Äpfel', 'cp437'],
      ]),
      ['Apfel', 'Äpfel'],
      'cp437',
    ],
  ])('%s', async (_, dropped, classNames, encoding) => {
    const found = await measured([dropped])
    expect(found).toMatchObject({ accuracy: 1, classNames, samples: 24 })
    const control = found.reading.controls.find(({ id }) => id === 'nameEncoding')
    expect(control?.value).toEqual(encoding === null ? undefined : [encoding])
    expect(control?.guessed).toBe(encoding === null ? undefined : true)
  })

  it('are read as a person says', async () => {
    const dropped = zip([
      ['犬', 'shift_jis'],
      ['猫', 'shift_jis'],
    ])
    const found = await measured([dropped], 2, { nameEncoding: ['cp437'] })
    expect(found.classNames).toEqual(['îó', 'öL'])
    expect(found.reading.controls[0]).toMatchObject({ id: 'nameEncoding', guessed: false })
    expect(found.reading.notes.map(({ id }) => id)).not.toContain('nameEncoding')
  })

  it('are met by a list of names beside them', async () => {
    const dropped = zip([
      ['文', 'gbk'],
      ['中', 'gbk'],
    ])
    const list = file('classes.txt', '文\n中\n')
    expect(await measured([dropped, list])).toMatchObject({
      accuracy: 1,
      classNames: ['文', '中'],
    })
  })
})
