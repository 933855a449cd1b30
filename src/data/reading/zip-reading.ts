import { baseName } from '../../files/file-bundle'
import { nameEncodings } from '../../files/name-encoding'
import type { ZipIndex } from '../../files/zip-archive'
import type { ReadData } from '../data-wishes'
import { controlOf, withLeftOut } from './reading'
import type { ReadingChoices, ReadingNote } from './reading'

/** What was read out of zips, with what is to be said of these: how names were read, and what was passed over. */
export function withZips(
  read: ReadData,
  zips: readonly ZipIndex[],
  choices: ReadingChoices,
): ReadData {
  const clutter = zips.flatMap((zip) => zip.clutter)
  const untold = zips.filter(({ names }) => names.count > 0)
  const { reading } = read
  const account = withLeftOut(reading.account, {
    hidden: clutter.filter((path) => !path.endsWith('/')).map(baseName),
  })
  const [first] = untold
  if (first === undefined) return { ...read, reading: { ...reading, account } }
  const control = controlOf('nameEncoding', nameEncodings, [first.names.likely], choices)
  const count = untold.reduce((sum, { names }) => sum + names.count, 0)
  const utf8 = untold.reduce((sum, { names }) => sum + names.utf8, 0)
  const encoding = first.names.likely
  const note: ReadingNote =
    utf8 === 0
      ? { id: 'nameEncoding', params: { count, encoding } }
      : { id: 'nameEncodings', params: { count, utf8, encoding } }
  return {
    ...read,
    reading: {
      ...reading,
      account,
      controls: [control, ...reading.controls],
      notes: control.guessed ? [note, ...reading.notes] : reading.notes,
    },
  }
}
