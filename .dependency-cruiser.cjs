/** Who may import whom: the rooms are in `scripts/floors/floors.json`; ARCHITECTURE.md explains why. */
const { TESTS, floorRules, libraryRules } = require('./scripts/floors/floors.cjs')

/** Types that stand too high. */
const UPWARD = '^src/studio/(keeping/kept-run|files/save-file)[.]ts$'

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'types may point back: a slice of the store is typed by the whole store',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...floorRules.map((rule) => ({
      ...rule,
      from: { ...rule.from, pathNot: [rule.from.pathNot, UPWARD] },
    })),
    ...libraryRules,
    {
      name: 'tests-are-imported-by-nobody',
      severity: 'error',
      from: {},
      to: { path: TESTS },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/engine/wasm-kernels/assembly/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
}
