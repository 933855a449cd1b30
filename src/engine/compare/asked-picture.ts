import { hinted, preparationHint } from '../../data/preparation-hint'
import type { Preparation } from '../../data/preparation'
import { droppedFile } from '../../protocol/dropped-file'
import { requireRunnable } from '../model/model-store'
import type { OpenModelState } from '../model/model-store'
import type { InputRows, PreparedPicture } from '../samples/attached-data'
import { PictureCache } from '../samples/picture-cache'
import { ofBytes } from '../samples/of-bytes'
import { filePictures } from '../samples/picture-source'
import { pictureReader } from '../samples/sample-reader'
import { inputRows, onlyPictures, plainPreparation } from '../samples/samples-for-model'
import type { Toolbox } from '../work/toolbox'

/** A picture that somebody asks about, as the model sees it; it takes the place of no data. */
interface AskedPicture {
  readonly rows: readonly InputRows[]
  readonly picture: PreparedPicture | null
}

/**
 * Reads one picture file for the open model.
 * @param prepared as the pictures of the attached data are; null: as the model and its notes suggest
 * @throws StudioError 'data/image-...' where it is no picture, 'data/shape-mismatch' where the model takes none
 */
export async function askedPicture(
  file: File,
  state: OpenModelState,
  prepared: Preparation | null,
  tools: Toolbox,
  signal: AbortSignal,
): Promise<AskedPicture> {
  const model = requireRunnable(state)
  const { form } = onlyPictures(file.name, model, null)
  const hint = preparationHint(state.told)
  const plain = plainPreparation(form, null, ofBytes(state, model)[0] ?? false)
  const suggested = hint === null ? plain : hinted(plain, hint)
  const between = (given: AbortSignal): Promise<void> => tools.pace.between(given)
  const source = filePictures([droppedFile(file)], tools)
  // Decoded once, for the numbers and for what is shown.
  const cache = new PictureCache(Infinity)
  const reader = pictureReader(source, form, prepared ?? suggested, cache, between)
  const rows = await inputRows([reader], model, Uint32Array.of(0), signal)
  return { rows, picture: await reader.picture(0, signal) }
}
