import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { limits } from '../../files/limits'
import { copyName } from '../tfjs-files/copy-mark'

/** What Transformers.js reads beside a model: its settings, how inputs are prepared, tokenizers. */
const read =
  /^(?:(?:(?:generation|preprocessor|processor|tokenizer)_)?config|tokenizer|special_tokens_map|added_tokens|vocab|chat_template)\.json$|^(?:vocab|merges)\.txt$|^chat_template\.jinja$|^(?:tokenizer|spiece|sentencepiece(?:\.bpe)?)\.model$|^(?:source|target)\.spm$/

/** The name that Transformers.js has for a file, whatever a browser has put behind it; null: it reads none such. */
export function besideName(path: string): string | null {
  const { plain } = copyName(baseName(path))
  return read.test(plain) ? plain : null
}

/** Whether a file is one that Transformers.js reads beside a model. */
export function isBeside({ path, size }: Pick<BundleFile, 'path' | 'size'>): boolean {
  return size > 0 && size <= limits.besideBytes && besideName(path) !== null
}
