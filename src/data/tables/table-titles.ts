import { baseName } from '../../files/file-bundle'

/** Words in the names of tables that hold labels, and of those that hold what belongs to them. */
const LABELS = /^(?:y|labels?|targets?|truth|groundtruth|gt|answers?|标签|类别)$/
const SAMPLES = /^(?:x|features?|data|inputs?|samples?|values?|特征|数据)$/

/** Whether a file is called as one of labels: `y_train`, `labels`. */
export function isLabelTitle(path: string): boolean {
  return wordsOf(baseName(path)).some((word) => LABELS.test(word))
}

/** What is left of a name without the words for samples and labels: the split, the subject. */
export function restOf(path: string): string {
  return wordsOf(path)
    .filter((word) => !LABELS.test(word) && !SAMPLES.test(word))
    .join(' ')
}

/** The words of a name, as `x` and `train` of `X_train.csv` and of `Xtrain.csv`. */
function wordsOf(path: string): readonly string[] {
  return path
    .replace(/(?:\.gz)?$/i, '')
    .replace(/\.[a-z]{2,4}$/i, '')
    .replace(/(?<![a-z])([xy])(?=train|test|val|dev)/gi, '$1 ')
    .replace(/(?<=train|test|val|valid|dev)(x|y|labels?|targets?|features?|data)$/i, ' $1')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}
