import type { Usage } from '../../exporter'
import type { LaidOut } from './laid-out-file'

/** How somebody opens a file in Python. */
export function kerasUsage({ config, container, isNamed, major, path }: LaidOut): Usage {
  const library = major === 3 ? 'keras' : 'tf_keras'
  if (container === 'kerasWeights' || config === null)
    return {
      language: 'python',
      intro: `Weights of a ${major === 3 ? 'Keras' : 'tf-keras or Keras'} model, for whoever has its layers in code${isNamed ? ', in their order' : ''}:`,
      code: `model.load_weights('${path}')`,
    }
  return {
    language: 'python',
    intro: `A model of ${major === 3 ? 'Keras 3' : 'Keras 2 and tf-keras'}, without the state of an optimizer. Open it:`,
    code: `import ${library}

model = ${library}.models.load_model('${path}', compile=False)`,
  }
}
