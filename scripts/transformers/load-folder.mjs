/**
 * Run by `npm run check:transformers` where the real library lies: loads a folder as Transformers.js does, shows each variant
 * what it is given, and prints what came as JSON on its last line. Takes a JSON file: name, task, variants, pictures
 * (width, height, channels, bytes of each) or inputs by name.
 */
import { readFileSync } from 'node:fs'
import {
  AutoModel,
  AutoModelForImageClassification,
  AutoProcessor,
  AutoTokenizer,
  env,
  pipeline,
  RawImage,
  Tensor,
} from '@huggingface/transformers'

const asked = JSON.parse(readFileSync(process.argv[2], 'utf8'))
env.allowRemoteModels = false
env.localModelPath = './models/'

const found = { version: env.version, variants: [] }
for (const dtype of asked.variants) {
  const began = performance.now()
  if (asked.pictures !== undefined) {
    const classify = await pipeline('image-classification', asked.name, { dtype })
    const loadMs = performance.now() - began
    const processor = await AutoProcessor.from_pretrained(asked.name)
    const model = await AutoModelForImageClassification.from_pretrained(asked.name, { dtype })
    const pictures = []
    for (const { bytes, channels, height, width } of asked.pictures) {
      const image = new RawImage(Uint8ClampedArray.from(bytes), width, height, channels)
      const answers = await classify(image, { top_k: null })
      const { pixel_values } = await processor(image)
      const { logits } = await model({ pixel_values })
      pictures.push({
        answers,
        pixels: [...pixel_values.data],
        dims: pixel_values.dims,
        logits: [...logits.data],
      })
    }
    found.variants.push({ dtype, loadMs, pictures })
  } else {
    const model = await AutoModel.from_pretrained(asked.name, { dtype })
    const loadMs = performance.now() - began
    const inputs = Object.fromEntries(
      Object.entries(asked.inputs).map(([name, { data, dims, type }]) => [
        name,
        new Tensor(
          type,
          type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data),
          dims,
        ),
      ]),
    )
    const outputs = await model(inputs)
    found.variants.push({
      dtype,
      loadMs,
      outputs: Object.entries(outputs).map(([name, { data, dims }]) => ({
        name,
        dims,
        data: [...data].map(Number),
      })),
    })
  }
}
if (asked.text !== undefined) {
  const tokenizer = await AutoTokenizer.from_pretrained(asked.name)
  found.tokens = [...tokenizer(asked.text).input_ids.data].map(Number)
}
console.log(JSON.stringify(found))
