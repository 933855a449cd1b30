/** What names of folders and files say of pictures that belong together: which a model is shown, which it should make. */

import { maskWords } from './mask-folders'

/** Words for what a model should make. */
const TARGETS = new Set([
  ...maskWords,
  ...['target', 'targets', 'output', 'outputs', 'out', 'expected', 'reference', 'ref', 'after'],
  ...['clean', 'cleaned', 'denoised', 'sharp', 'restored', 'enhanced', 'clear', 'color', 'colour'],
  ...['hr', 'hq', 'high', 'highres', 'hires', 'ground', 'seg', 'depth', 'alpha', 'matte'],
  ...['目标', '输出', '干净', '清晰', '高清'],
])
/** Words for pictures that lack something that their target has. */
const SPOILED = new Set([
  ...['noisy', 'noise', 'blur', 'blurred', 'blurry', 'degraded', 'compressed', 'corrupted'],
  ...['lr', 'lq', 'low', 'lowres', 'lores', 'bicubic', 'hazy', 'haze', 'rainy', 'rain', 'damaged'],
  ...['grey', 'gray', 'greyscale', 'grayscale', 'bw', 'dark', '噪声', '模糊', '低清'],
])
/** Words for what a model is shown. */
const INPUTS = new Set([
  ...['input', 'inputs', 'in', 'source', 'sources', 'src', 'before', 'sketch', 'sketches', 'edges'],
  ...['输入'],
])
/** Pictures of any kind: shown, unless another word says more. */
const PICTURES = new Set([
  ...['image', 'images', 'img', 'imgs', 'picture', 'pictures', 'photo', 'photos', 'jpegimages'],
  ...['图片', '图像', '原图'],
])
/** Beside spoiled pictures what they should become, beside all others what is shown. */
const ORIGINALS = new Set(['original', 'originals', 'orig'])
/** With and without a mask are classes of faces. */
const FACE_WORDS = new Set(['with', 'without', 'no', 'non', 'not', 'un'])
const LETTERS: Readonly<Record<string, PairSide>> = {
  x: 'input',
  a: 'input',
  y: 'target',
  b: 'target',
}

export type PairSide = 'input' | 'target'

/** What a name says. */
interface PairName {
  /** null where it says neither, or both. */
  readonly side: PairSide | null
  /** The words that say it, the same for train_HR and test_HR. */
  readonly mark: string
  /** The other words: what both sides have in common. */
  readonly rest: string
}

/** Whether a name speaks of pictures that lack something. */
export function isSpoiled(name: string): boolean {
  return wordsOf(name).some((word) => SPOILED.has(word))
}

/**
 * Reads the name of a folder, or a word at the end of a file's name.
 * @param besideSpoiled whether spoiled pictures lie beside it
 */
export function pairName(name: string, besideSpoiled: boolean): PairName {
  const words = wordsOf(name)
  const marks: string[] = []
  const rest: string[] = []
  const sides = new Set<PairSide>()
  let hasPictures = false
  for (const word of words) {
    const side = sideOf(word, besideSpoiled)
    if (side !== null) sides.add(side)
    if (PICTURES.has(word)) hasPictures = true
    if (side !== null || PICTURES.has(word)) marks.push(word)
    else rest.push(word)
  }
  if (words.some((word) => FACE_WORDS.has(word)))
    return { side: null, mark: '', rest: words.join(' ') }
  const last = rest.at(-1) ?? ''
  const letter = Object.hasOwn(LETTERS, last) ? (LETTERS[last] ?? null) : null
  if (marks.length === 0 && letter !== null)
    return { side: letter, mark: last, rest: rest.slice(0, -1).join(' ') }
  const [only = hasPictures ? 'input' : null, ...others] = sides
  return {
    side: others.length > 0 ? null : only,
    mark: marks.join(' '),
    rest: rest.join(' '),
  }
}

function sideOf(word: string, besideSpoiled: boolean): PairSide | null {
  if (ORIGINALS.has(word)) return besideSpoiled ? 'target' : 'input'
  if (TARGETS.has(word)) return 'target'
  return INPUTS.has(word) || SPOILED.has(word) ? 'input' : null
}

/** `DIV2K_train_HR` as div, 2, k, train, hr; a factor of size at the end, as x4, is no word. */
function wordsOf(name: string): readonly string[] {
  return withoutFactor(name)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u)
    .filter((word) => word !== '')
}

/** `0001x4` as 0001. */
export function withoutFactor(name: string): string {
  const rest = name.replace(/[ _.-]?x[2348]$/i, '')
  return rest === '' ? name : rest
}
