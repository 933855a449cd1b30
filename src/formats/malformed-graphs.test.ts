import { graphBundle, nodeOf, smallGraph } from '../../testing/files/graph-files'
import type { GraphFiles, NodeJson } from '../../testing/files/graph-files'
import { testRefusals } from '../../testing/files/refusals'
import type { FileBundle } from '../files/file-bundle'

function changed(change: (files: GraphFiles) => void): FileBundle {
  const files = smallGraph()
  change(files)
  return graphBundle(files)
}

function manifestOf(files: GraphFiles): GraphFiles['json']['weightsManifest'][number] {
  const [group] = files.json.weightsManifest
  if (group === undefined) throw new Error('no manifest')
  return group
}

const SHARD = 'group1-shard1of1.bin'

function setShard(files: GraphFiles, change: (bytes: Uint8Array) => Uint8Array): void {
  files.shards.set(SHARD, change(files.shards.get(SHARD) ?? new Uint8Array()))
}

/** A node with one member that is nothing a node may have. */
function spoiled(name: string, member: keyof NodeJson, value: unknown): FileBundle {
  return changed((files) => {
    Object.assign(nodeOf(files, name), { [member]: value })
  })
}

testRefusals([
  {
    name: 'a graph without nodes',
    files: () => changed((files) => (files.json.modelTopology.node = [])),
    code: 'open/field',
    message: 'model.json, modelTopology.node: expected at least one node, found [].',
  },
  {
    name: 'nodes that are no list',
    files: () =>
      changed((files) => Object.assign(files.json.modelTopology, { node: { name: 'x' } })),
    code: 'open/field',
    message: 'model.json, modelTopology.node: expected a list, found {"name":"x"}.',
  },
  {
    name: 'a node that is a number',
    files: () => changed((files) => Object.assign(files.json.modelTopology.node, { 1: 7 })),
    code: 'open/field',
    message: 'model.json, modelTopology.node[1]: expected an object, found 7.',
  },
  {
    name: 'a node without a name',
    files: () => spoiled('image', 'name', ''),
    code: 'open/field',
    message: 'model.json, modelTopology.node[1].name: expected a name, found "".',
  },
  {
    name: 'a node named __proto__',
    files: () => spoiled('image', 'name', '__proto__'),
    code: 'open/forbidden-name',
    message:
      'model.json, modelTopology.node[1].name: the name "__proto__" cannot be used, because JavaScript reserves it.',
  },
  {
    name: 'two nodes of one name',
    files: () => spoiled('pooled', 'name', 'norm'),
    code: 'open/duplicate-name',
    message:
      'model.json, modelTopology.node[17]: "norm" was used before, at modelTopology.node[16].',
  },
  {
    name: 'an operator that is no text',
    files: () => spoiled('image', 'op', 3),
    code: 'open/field',
    message: 'model.json, modelTopology.node[1].op: expected a text, found 3.',
  },
  {
    name: 'inputs that are no list',
    files: () => spoiled('answer', 'input', 'logits'),
    code: 'open/field',
    message: 'model.json, modelTopology.node[0].input: expected a list, found "logits".',
  },
  {
    name: 'an input that is a number',
    files: () => spoiled('answer', 'input', [4]),
    code: 'open/field',
    message: 'model.json, modelTopology.node[0].input[0]: expected the name of a node, found 4.',
  },
  {
    name: 'an input that does not exist',
    files: () => spoiled('answer', 'input', ['nowhere:1']),
    code: 'open/graph-missing-input',
    message: 'model.json: "answer" reads "nowhere", which no layer provides.',
  },
  {
    name: 'attributes that are a list',
    files: () => spoiled('answer', 'attr', []),
    code: 'open/field',
    message: 'model.json, modelTopology.node[0].attr: expected an object, found [].',
  },
  {
    name: 'a node that reads itself',
    files: () => spoiled('answer', 'input', ['answer']),
    code: 'open/graph-cycle',
    message: 'model.json: these layers wait for each other: answer -> answer.',
  },
  {
    name: 'a circle of three',
    files: () => spoiled('first', 'input', ['norm', 'first/kernel', 'first/bias']),
    code: 'open/graph-cycle',
    message:
      'model.json: these layers wait for each other: first -> depth -> depth/add -> norm -> first.',
  },
  {
    name: 'control flow',
    files: () => spoiled('scaled', 'op', 'Switch'),
    code: 'open/graph-control-flow',
    message:
      'model.json: node "scaled" (Switch) is control flow or keeps state, which the studio does not run.',
  },
  {
    name: 'functions in its library',
    files: () =>
      changed((files) => {
        files.json.modelTopology.library = { function: [{ signature: { name: 'body' } }] }
      }),
    code: 'open/graph-control-flow',
    message:
      'model.json: node "library" (function) is control flow or keeps state, which the studio does not run.',
  },
  {
    name: 'an unknown operator',
    files: () => spoiled('scaled', 'op', 'MyOp'),
    code: 'open/graph-unknown-operator',
    message: 'model.json: node "scaled" uses the operator MyOp, which TensorFlow.js does not have.',
  },
  {
    name: 'a weight that is no constant',
    files: () =>
      changed((files) => {
        const weight = manifestOf(files).weights[0]
        if (weight !== undefined) weight.name = 'pooled'
      }),
    code: 'open/surplus-weight',
    message:
      'model.json, weightsManifest[0].weights[0]: no layer uses pooled. Weights still needed: first/kernel.',
  },
  {
    name: 'a constant without a value',
    files: () =>
      changed((files) => {
        manifestOf(files).weights.splice(1, 1)
        setShard(files, (bytes) => bytes.slice(24))
      }),
    code: 'open/missing-weight',
    message:
      'model.json: layer "first/bias" needs first/bias, which weightsManifest does not list.',
  },
  {
    name: 'a shard that is cut short',
    files: () =>
      changed((files) => {
        setShard(files, (bytes) => bytes.slice(0, -4))
      }),
    code: 'open/shard-short',
    message: `${SHARD}: expected 1376 bytes, found 1372. The data ends inside axes.`,
  },
  {
    name: 'a shard with more',
    files: () =>
      changed((files) => {
        setShard(files, (bytes) => Uint8Array.of(...bytes, 0))
      }),
    code: 'open/shard-long',
    message: `${SHARD}: expected 1376 bytes, found 1377.`,
  },
  {
    name: 'a weight that is no number',
    files: () =>
      changed((files) => {
        setShard(files, (bytes) => {
          const copy = bytes.slice()
          new DataView(copy.buffer).setFloat32(8, NaN, true)
          return copy
        })
      }),
    code: 'open/non-finite',
    message: `${SHARD}: first/kernel holds 1 NaN and 0 infinite values, the first at index 2.`,
  },
])
