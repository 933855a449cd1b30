import type { Usage } from '../exporter'
import { STUDIO_KEY } from './coded-weights'

/** How somebody opens files of weights in Python. */
export function usageOf(paths: readonly string[], hasCodes: boolean): Usage {
  const files = `[${paths.map((path) => `'${path}'`).join(', ')}]`
  return {
    language: 'python',
    intro: hasCodes
      ? 'Weights of a network, some of them as codes. This decodes them to what was measured:'
      : 'Weights of a network. Open them in Python:',
    code: hasCodes ? decoding(files) : plain(files),
  }
}

function plain(files: string): string {
  return `from safetensors.torch import load_file

weights = {}
for path in ${files}:
    weights |= load_file(path)
model.load_state_dict(weights)`
}

function decoding(files: string): string {
  return `import json, torch
from safetensors import safe_open

def decoded(file, how):
    codes = file.get_tensor(how['codes'])
    code = codes.flatten().long()
    i = torch.arange(len(code))
    row = i // (how['count'] * how['inner'])
    blocks = -(-how['axis'] // how['block'])
    group = (row // how['axis'] * blocks + row % how['axis'] // how['block']) * how['count'] + i // how['inner'] % how['count']
    if 'levels' in how:
        values = file.get_tensor(how['levels'])[group * 2 ** how['bits'] + code]
    else:
        scale = file.get_tensor(how['scale']).double()[group]
        values = (code * scale - scale * file.get_tensor(how['zero_point']).double()[group]).float()
        values[code == how.get('zero', -1)] = 0
    return values.reshape(codes.shape)

weights = {}
for path in ${files}:
    with safe_open(path, 'pt') as file:
        for name, how in json.loads(file.metadata()['${STUDIO_KEY}'])['weights']:
            weights[name] = decoded(file, how) if how else file.get_tensor(name)
model.load_state_dict(weights)`
}
