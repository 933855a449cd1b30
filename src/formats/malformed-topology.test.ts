import { dense } from '../../testing/files/layers-files'
import { testRefusals, changed, layerOf, text, withLayer } from '../../testing/files/refusals'

testRefusals([
  {
    name: 'no topology',
    files: () => text((json) => json.replace('"modelTopology"', '"topology"')),
    code: 'open/field',
    message:
      'model.json, modelTopology: expected an object with the layers of the model, found nothing.',
  },
  {
    name: 'no weightsManifest',
    files: () => text((json) => json.replace('"weightsManifest"', '"weights"')),
    code: 'open/field',
    message: 'model.json, weightsManifest: expected a list, found nothing.',
  },
  {
    name: 'units that are a text',
    files: () => changed((files) => void (layerOf(files, 1).config['units'] = '4')),
    code: 'open/field',
    message:
      'model.json, modelTopology.model_config.config.layers[1].config.units: expected a positive whole number, found "4".',
  },
  {
    name: 'one field in both spellings',
    files: () =>
      text((json) => json.replace('"inbound_nodes":[[', '"inboundNodes":[],"inbound_nodes":[[')),
    code: 'open/duplicate-name',
    message:
      'model.json, modelTopology.model_config.config.layers[1].inbound_nodes: "inbound_nodes" was used before, at modelTopology.model_config.config.layers[1].inboundNodes.',
  },
  {
    name: 'two layers of one name',
    files: () =>
      changed((files) => {
        layerOf(files, 2).name = 'first'
        layerOf(files, 2).config['name'] = 'first'
      }),
    code: 'open/duplicate-name',
    message:
      'model.json, modelTopology.model_config.config.layers[2]: "first" was used before, at modelTopology.model_config.config.layers[1].',
  },
  {
    name: 'a layer with two different names',
    files: () => changed((files) => void (layerOf(files, 1).config['name'] = 'other')),
    code: 'open/field',
    message:
      'model.json, modelTopology.model_config.config.layers[1].name: expected "other", as in its config, found "first".',
  },
  {
    name: 'an unknown layer',
    files: () => withLayer('MultiHeadAttention', { num_heads: 2 }),
    code: 'open/unknown-layer',
    message:
      'model.json: layer "middle" has the class MultiHeadAttention, which TensorFlow.js does not compute correctly or does not know.',
  },
  {
    name: 'an optimizer as a layer',
    files: () => withLayer('Adam', {}),
    code: 'open/unknown-layer',
    message:
      'model.json: layer "middle" has the class Adam, which TensorFlow.js does not compute correctly or does not know.',
  },
  {
    name: 'a Lambda layer',
    files: () => withLayer('Lambda', { function: ['4wEAAAAA', null, null] }),
    code: 'open/python-layer',
    message:
      'model.json: layer "middle" (Lambda) holds Python code, which cannot run in a browser.',
  },
  {
    name: 'a ReLU with a threshold',
    files: () => withLayer('ReLU', { threshold: 0.5 }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has threshold = 0.5, but TensorFlow.js ignores the threshold.',
  },
  {
    name: 'a LeakyReLU whose slope is no number',
    files: () => withLayer('LeakyReLU', { negative_slope: 'steep' }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has negative_slope = "steep", but the slope has to be a number.',
  },
  {
    name: 'truth values',
    files: () => withLayer('Dense', { units: 4, dtype: 'bool' }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has dtype = "bool", but TensorFlow.js takes the bytes of truth values for real numbers.',
  },
  {
    name: 'a grouped convolution',
    files: () => withLayer('Conv2D', { filters: 4, kernel_size: 3, groups: 2 }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has groups = 2, but TensorFlow.js computes one group over all channels.',
  },
  {
    name: 'a dilated depthwise convolution',
    files: () => withLayer('DepthwiseConv2D', { kernel_size: 3, dilation_rate: [2, 2] }),
    code: 'open/unsupported-setting',
    message: 'model.json: layer "middle" has dilation_rate = [2,2], but TensorFlow.js ignores it.',
  },
  {
    name: 'keepdims',
    files: () => withLayer('GlobalAveragePooling2D', { keepdims: true }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has keepdims = true, but TensorFlow.js drops the pooled axes.',
  },
  {
    name: 'bilinear upsampling',
    files: () => withLayer('UpSampling2D', { size: [2, 2], interpolation: 'bilinear' }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has interpolation = "bilinear", but TensorFlow.js places the sampling points elsewhere.',
  },
  {
    name: 'a GRU with reset_after',
    files: () => withLayer('GRU', { units: 4, reset_after: true }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has reset_after = true, but TensorFlow.js applies the reset gate before the product.',
  },
  {
    name: 'zeros where a mask is off',
    files: () =>
      changed((files) => {
        files.json.modelTopology.keras_version = 'tfjs-layers 4.22.0'
        const { config } = files.json.modelTopology.model_config
        const masking = dense('masking', 1, 'input')
        masking.class_name = 'Masking'
        masking.config = { name: 'masking', mask_value: 0 }
        const lstm = dense('lstm', 4, 'masking')
        lstm.class_name = 'LSTM'
        Object.assign(lstm.config, { zero_output_for_mask: true, return_sequences: true })
        config.layers.splice(1, 0, masking, lstm)
      }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "lstm" has zero_output_for_mask = true, but TensorFlow.js repeats the last step where "masking" masks one.',
  },
  {
    name: 'a layer name with a space',
    files: () =>
      changed((files) => {
        layerOf(files, 1).name = 'my layer'
        layerOf(files, 1).config['name'] = 'my layer'
        layerOf(files, 2).inbound_nodes = [[['my layer', 0, 0, {}]]]
      }),
    code: 'open/field',
    message:
      'model.json, layer my layer: expected a name of letters, digits and . _ / - that starts with a letter or digit, found "my layer".',
  },
  {
    name: 'an unknown activation',
    files: () =>
      changed((files) => {
        files.json.modelTopology.keras_version = 'tfjs-layers 4.22.0'
        layerOf(files, 1).config['activation'] = 'exponential'
      }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "first" has activation = "exponential", but TensorFlow.js has no such activation function.',
  },
  {
    name: 'a cyclic graph',
    files: () =>
      changed((files) => void (layerOf(files, 1).inbound_nodes = [[['second', 0, 0, {}]]])),
    code: 'open/graph-cycle',
    message: 'model.json: these layers wait for each other: first -> second -> first.',
  },
  {
    name: 'a layer that reads itself',
    files: () =>
      changed((files) => void (layerOf(files, 1).inbound_nodes = [[['first', 0, 0, {}]]])),
    code: 'open/graph-cycle',
    message: 'model.json: these layers wait for each other: first -> first.',
  },
  {
    name: 'an input that does not exist',
    files: () =>
      changed((files) => void (layerOf(files, 1).inbound_nodes = [[['nope', 0, 0, {}]]])),
    code: 'open/graph-missing-input',
    message: 'model.json: "first" reads "nope", which no layer provides.',
  },
  {
    name: 'an input that the model does not declare',
    files: () =>
      changed((files) => {
        const { config } = files.json.modelTopology.model_config
        const other = structuredClone(layerOf(files, 0))
        other.name = 'other'
        other.config['name'] = 'other'
        config.layers.push(other)
        config.input_layers = [['other', 0, 0]]
      }),
    code: 'open/field',
    message:
      'model.json, modelTopology.model_config.config.input_layers: expected a list with input, which an output depends on, found other.',
  },
  {
    name: 'an addition of one tensor',
    files: () => withLayer('Add', {}),
    code: 'open/graph-inputs',
    message: 'model.json: layer "middle" (Add) reads 1 tensors, expected at least 2.',
  },
  {
    name: 'a Dense layer with two inputs',
    files: () =>
      changed(
        (files) =>
          void (layerOf(files, 1).inbound_nodes = [
            [
              ['input', 0, 0, {}],
              ['input', 0, 0, {}],
            ],
          ]),
      ),
    code: 'open/graph-inputs',
    message: 'model.json: layer "first" (Dense) reads 2 tensors, expected 1.',
  },
  {
    name: 'an input layer without a shape',
    files: () =>
      changed((files) => {
        delete layerOf(files, 0).config['batch_input_shape']
      }),
    code: 'open/field',
    message:
      'model.json, modelTopology.model_config.config.layers[0].config.batch_input_shape: expected the shape of the input, found nothing.',
  },
  {
    name: 'a padding that does not exist',
    files: () => withLayer('Conv2D', { filters: 4, kernel_size: 3, padding: 'full' }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has padding = "full", but TensorFlow.js computes only valid and same.',
  },
  {
    name: 'a causal convolution, which TensorFlow.js builds and does not compute',
    files: () => withLayer('Conv1D', { filters: 4, kernel_size: 3, padding: 'causal' }),
    code: 'open/unsupported-setting',
    message:
      'model.json: layer "middle" has padding = "causal", but TensorFlow.js computes only valid and same.',
  },
  {
    name: 'a call that never happens',
    files: () =>
      changed((files) => void (layerOf(files, 2).inbound_nodes = [[['first', 7, 0, {}]]])),
    code: 'open/graph-missing-input',
    message: 'model.json: "second" reads "first (call 7, output 0)", which no layer provides.',
  },
  {
    name: 'an output that is no layer',
    files: () =>
      changed(
        (files) =>
          void (files.json.modelTopology.model_config.config.output_layers = [['third', 0, 0]]),
      ),
    code: 'open/graph-missing-input',
    message: 'model.json: "small (output)" reads "third", which no layer provides.',
  },
])
