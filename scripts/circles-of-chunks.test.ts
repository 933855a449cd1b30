import { build } from 'vite'
import type { Plugin, Rollup } from 'vite'
import { describe, expect, it } from 'vitest'
import { circlesOfChunks, noCirclesOfChunks } from './circles-of-chunks'

const chunks = (imports: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(imports).map(([fileName, names]) => ({ fileName, imports: names }))

describe('files of a build', () => {
  it('may share files, and import what is no file of the build', () => {
    const found = circlesOfChunks(
      chunks({ start: ['left', 'right'], left: ['base'], right: ['base', 'elsewhere'], base: [] }),
    )
    expect(found).toEqual([])
  })

  it('are named where two or more of them wait for each other, wherever the walk begins', () => {
    expect(circlesOfChunks(chunks({ start: ['a'], a: ['b'], b: ['a'] }))).toEqual(['a → b → a'])
    expect(circlesOfChunks(chunks({ b: ['c'], c: ['a'], start: ['a'], a: ['b'] }))).toEqual([
      'b → c → a → b',
    ])
    expect(circlesOfChunks(chunks({ a: ['b', 'c'], b: ['a'], c: ['a'] }))).toEqual([
      'a → b → a',
      'a → c → a',
    ])
  })

  /** `one` reads `two`, which reads `three`: no module waits for itself. */
  const built = async (together: RegExp): Promise<number> => {
    const { output } = (await build({
      ...{ configFile: false, logLevel: 'silent' },
      plugins: [
        sources({
          one: "import { two } from 'two'; console.log('one', two)",
          two: "import { three } from 'three'; console.log('two'); export const two = [three]",
          three: "console.log('three'); export const three = 3",
        }),
        noCirclesOfChunks(),
      ],
      build: {
        write: false,
        rolldownOptions: {
          input: ['one', 'two'],
          output: {
            codeSplitting: {
              groups: [{ name: 'together', test: together }],
              includeDependenciesRecursively: false,
            },
          },
        },
      },
    })) as Rollup.RolldownOutput
    return output.length
  }

  it('fail a build that puts modules together of which one waits for a file that waits for the other', async () => {
    await expect(built(/one|three/)).rejects.toThrow(/wait for each other:\n.+ → .+ → /)
    expect(await built(/two|three/)).toBeGreaterThan(1)
  })
})

/** Modules that are in no file. */
function sources(texts: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'sources',
    resolveId: (id) => (id in texts ? id : null),
    load: (id) => texts[id] ?? null,
  }
}
