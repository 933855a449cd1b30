/** Folders of pictures as people have them, each path with its class. */
import { upTo } from './picture-cases'

const pets = ['cats', 'dogs'] as const
type Layout = readonly (readonly [path: string, label: number])[]

const three = (index: number): string => String(index).padStart(3, '0')

/** A class for each folder, so many pictures of each. */
function inFolders(root: string, names: readonly string[], count: number, from = 0): Layout {
  return names.flatMap((name, label) =>
    upTo(count).map((at): [string, number] => [`${root}${name}/${three(at + from)}.png`, label]),
  )
}

/** A competition: the pictures to be tested have no class. */
export const flatTest: Layout = [
  ...inFolders('data/train/', pets, 12),
  ...upTo(6).map((at): [string, number] => [`data/test/${three(at)}.png`, at % 2]),
]

export const trainingSet: Layout = [
  ...inFolders('dataset/training_set/', pets, 10, 1),
  ...inFolders('dataset/test_set/', pets, 4, 4001),
]

export const seg: Layout = [
  ...inFolders('seg_train/seg_train/', pets, 10, 1),
  ...inFolders('seg_test/seg_test/', pets, 4, 4001),
]

export const stray: Layout = [['flowers/overview.png', 0], ...inFolders('flowers/', pets, 12)]

export const inNames: Layout = ['cat', 'dog'].flatMap((name, label) =>
  upTo(12).map((at): [string, number] => [`train/${name}.${at}.png`, label]),
)

export const besideTable: Layout = upTo(24).map((at) => [`images/${three(at)}.png`, at % 2])
export const labelTable = `id,breed\n${upTo(24)
  .map((at) => `${three(at)},${pets[at % 2] ?? ''}\n`)
  .join('')}`

/** The class 3 has no picture. */
export const missingThree: Layout = inFolders('', upTo(10).map(String), 4).filter(
  ([, label]) => label !== 3,
)

/** Train, validation and test, in mixed case, with a preview beside them. */
export const mixedCase: Layout = [
  ...inFolders('Fruits/Training/', ['Apple Red', 'Banana'], 8),
  ...inFolders('Fruits/Validation/', ['Apple Red', 'Banana'], 3, 100),
  ...inFolders('Fruits/Testing/', ['Apple Red', 'Banana'], 3, 200),
  ['Fruits/preview/all.png', 0],
  ['Fruits/papers.png', 1],
]

/** Two halves of one heap, and a table that knows pictures by names without ending. */
export const parts: Layout = upTo(24).map((at) => [
  `HAM_images_part_${at < 14 ? 1 : 2}/ISIC_${three(at)}.png`,
  at % 2,
])
export const partsTable = `lesion_id,image_id,dx,age\n${upTo(24)
  .map(
    (at) => `HAM_${three(at >> 1)},ISIC_${three(at)},${['mel', 'nv'][at % 2] ?? ''},${40 + at}\n`,
  )
  .join('')}`

/** Names that are object identifiers, in folders of patients. */
export const identifiers: Layout = upTo(24).map((at) => [
  `train/patient${at >> 2}/1.2.826.0.1.${3680043 + at}.png`,
  at % 2,
])
export const identifierTable = `SOPInstanceUID\ttarget\n${upTo(24)
  .map((at) => `1.2.826.0.1.${3680043 + at}\t${at % 2}\n`)
  .join('')}`
