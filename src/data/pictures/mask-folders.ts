/** Pictures that say something of other pictures, such as masks: they are no samples, and their folder is no class. */
import { baseName } from '../../files/file-bundle'

/** Words in names of folders that hold what was drawn over pictures. */
export const maskWords: readonly string[] = [
  ...['mask', 'masks', 'label', 'labels', 'annotation', 'annotations', 'annot'],
  ...['trimap', 'trimaps'],
  ...['gt', 'truth', 'groundtruth', 'segmentation', 'segmentations', 'segmap', 'segmaps'],
  ...['掩码', '掩膜', '标注', '标签'],
]
const MASK_WORDS = new Set(maskWords)
/** Words in names of folders that hold the pictures themselves. */
const PICTURE_WORDS = new Set([
  ...['image', 'images', 'img', 'imgs', 'picture', 'pictures', 'photo', 'photos', 'jpegimages'],
  ...['input', 'inputs', 'original', 'originals', 'rgb', '图片', '图像', '原图'],
])
/** With and without a mask are classes of faces. */
const FACE_WORDS = new Set(['with', 'without', 'no', 'non', 'not', 'un', 'nomask', 'unmasked'])
/** Of the files in a folder of masks, so many must belong to a picture. */
const NEARLY_ALL = 0.9

/** What is written behind the name of the picture: `12_mask`, `7_gtFine_labelIds`, `benign (3)_mask_1`. */
const MARK =
  /[ _.-](?:masks?|seg(?:mentation)?|labels?(?:ids)?|gt(?:fine|coarse)?|annot(?:ation)?|trimap|leftimg8bit)(?:_\d{1,2})?$/i
/** Folders of a path that are looked at. */
const DEEPEST = 16
/** Marks that stand behind each other. */
const MOST_MARKS = 3

interface Named {
  readonly path: string
  readonly parts: readonly string[]
}

/**
 * Paths of the pictures that are masks of others: in a folder called so beside one that holds a picture of the
 * same name for each, or beside their picture with a mark behind its name.
 */
export function masksAmong(paths: readonly string[]): ReadonlySet<string> {
  const found = new Set(markedIn(paths))
  for (const siblings of foldersWithMasks(paths)) {
    const masks = [...siblings].filter(([name]) => hasWord(name, MASK_WORDS))
    const others = [...siblings].filter(([name]) => !hasWord(name, MASK_WORDS))
    if ([...siblings.keys()].some((name) => hasWord(name, FACE_WORDS))) continue
    for (const [name, files] of masks) {
      const below = new Set(picturesOf(name, files, others).map(keyOf))
      const paired = files.filter((file) => below.has(keyOf(file)))
      if (paired.length > 0 && paired.length >= NEARLY_ALL * files.length)
        for (const { path } of files) found.add(path)
    }
  }
  return found
}

/** Files beside a folder of masks that may be the pictures: those of a folder that is called so, or of the only one. */
function picturesOf(
  name: string,
  masks: readonly Named[],
  others: readonly (readonly [string, readonly Named[]])[],
): readonly Named[] {
  const called = others.filter(([other]) => hasWord(other, PICTURE_WORDS) || isSameBut(name, other))
  if (called.length > 0) return called.flatMap(([, files]) => files)
  const [only, ...more] = others
  if (only === undefined || more.length > 0) return []
  // The pictures of two classes may have the same numbers.
  const areNumbers = masks.every(({ parts }) => /^\d*$/.test(keyOf({ path: '', parts })))
  return areNumbers && !/s$/i.test(name) ? [] : only[1]
}

/** `train` beside `train_masks`. */
function isSameBut(masks: string, other: string): boolean {
  const rest = wordsOf(masks).filter((word) => !MASK_WORDS.has(word))
  return rest.length > 0 && rest.join(' ') === wordsOf(other).join(' ')
}

/** Folders that lie side by side where one of them is called after masks, with all that is below each. */
function foldersWithMasks(
  paths: readonly string[],
): Iterable<ReadonlyMap<string, readonly Named[]>> {
  const split = paths.map((path) => path.split('/'))
  const parents = new Set<string>()
  for (const parts of split)
    parts.slice(0, Math.min(parts.length - 1, DEEPEST)).forEach((name, depth) => {
      if (hasWord(name, MASK_WORDS)) parents.add(parts.slice(0, depth).join('/'))
    })
  const found = new Map<string, Map<string, Named[]>>()
  paths.forEach((path, place) => {
    const parts = split[place] ?? []
    for (let depth = 0; parents.size > 0 && depth < Math.min(parts.length - 1, DEEPEST); depth++) {
      const parent = parts.slice(0, depth).join('/')
      if (!parents.has(parent)) continue
      const siblings = found.get(parent) ?? new Map<string, Named[]>()
      found.set(parent, siblings)
      const name = parts[depth] ?? ''
      const files = siblings.get(name) ?? []
      siblings.set(name, files)
      files.push({ path, parts: parts.slice(depth + 1) })
    }
  })
  return found.values()
}

/** Where a picture lies below its folder, without its ending and marks. */
function keyOf({ parts }: Named): string {
  let stem = withoutEnding(parts.join('/'))
  for (let mark = 0; mark < MOST_MARKS; mark++) stem = withoutMark(stem)
  return stem
}

/** The same name where it has no mark. */
function withoutMark(stem: string): string {
  const { index } = MARK.exec(stem) ?? {}
  if (index === undefined) return stem
  let end = index
  while (end > 0 && ' _.-'.includes(stem[end - 1] ?? '!')) end--
  return stem.slice(0, end)
}

/** Pictures with a mark behind the name of one in the same folder. */
function markedIn(paths: readonly string[]): readonly string[] {
  const marked = paths.filter((path) => MARK.test(withoutEnding(path)))
  if (marked.length === 0) return []
  const stems = new Set(paths.map(withoutEnding))
  return marked.filter((path) => {
    const stem = withoutMark(withoutEnding(path))
    return baseName(stem) !== '' && stems.has(stem)
  })
}

function withoutEnding(path: string): string {
  return path.replace(/\.[^./]+$/, '')
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '')
}

function hasWord(name: string, among: ReadonlySet<string>): boolean {
  return wordsOf(name).some((word) => among.has(word))
}
