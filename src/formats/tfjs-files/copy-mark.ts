/**
 * What browsers and file managers add to the name of a second copy, before its extension: `weights (1).bin`
 * of Chrome, `weights(1).bin` of Firefox, `weights-2.bin` of Safari, ` - Copy`, ` copy 2` and ` - 副本` of
 * file managers.
 */
const mark =
  /(?: ?\(\d{1,3}\)|-\d{1,2}|(?: -)? (?:copy|kopie|copie|copia|副本)(?: ?\(?\d{1,3}\)?)?)(?=\.|$)/giu

interface CopyName {
  /** The name without its mark. */
  readonly plain: string
  /** The mark as it stands; '' where there is none. */
  readonly mark: string
}

/** Takes the mark of a second copy from the name of a file; the last one, as `net-50.weights (1).bin` has two. */
export function copyName(name: string): CopyName {
  const found = [...name.matchAll(mark)].at(-1)
  if (found === undefined) return { plain: name, mark: '' }
  const [text] = found
  return {
    plain: name.slice(0, found.index) + name.slice(found.index + text.length),
    mark: text.trim(),
  }
}
