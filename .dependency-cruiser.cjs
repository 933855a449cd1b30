/** Who may import whom; ARCHITECTURE.md explains why. */
const ENGINE = '^src/engine/|[.]engine[.]ts$'
const UI = '^src/(studio|ui-kit)/|[.]ui[.]tsx?$|^src/main[.]tsx$'
const PURE = { path: '^src/', pathNot: [ENGINE, UI, '[.]test[.]'] }
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'types may point back: a slice of the store is typed by the whole store',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'pure-needs-neither-side',
      comment: 'core, protocol, formats and technique maths run on both threads and in Node',
      severity: 'error',
      from: PURE,
      to: { path: [ENGINE, UI] },
    },
    {
      name: 'pure-has-no-runtime-libraries',
      severity: 'error',
      from: PURE,
      to: {
        path: 'node_modules/(@tensorflow|react|zustand|recharts)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'engine-never-sees-ui',
      severity: 'error',
      from: { path: ENGINE },
      to: { path: [UI, 'node_modules/(react|zustand|recharts)'] },
    },
    {
      name: 'ui-never-sees-tfjs',
      severity: 'error',
      from: { path: UI },
      to: { path: [ENGINE, 'node_modules/@tensorflow'], pathNot: 'engine[.]worker[.]ts$' },
    },
    {
      name: 'core-is-the-bottom',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '[.]test[.]' },
      to: { path: '^src/(?!core/)' },
    },
    {
      name: 'techniques-are-strangers',
      comment: 'steps meet in a recipe, never by import',
      severity: 'error',
      from: { path: '^src/techniques/([^/]+)/' },
      to: { path: '^src/techniques/([^/]+)/', pathNot: '^src/techniques/$1/' },
    },
    {
      name: 'formats-are-strangers',
      comment: 'what all kinds of TensorFlow.js files have in common is in tfjs-files',
      severity: 'error',
      from: { path: '^src/formats/([^/]+)/' },
      to: { path: '^src/formats/([^/]+)/', pathNot: '^src/formats/($1|tfjs-files)/' },
    },
    {
      name: 'ui-kit-knows-no-studio',
      severity: 'error',
      from: { path: '^src/ui-kit/' },
      to: { path: '^src/(studio|techniques|formats|protocol)/' },
    },
    {
      name: 'technique-panels-know-no-studio',
      severity: 'error',
      from: { path: '^src/techniques/' },
      to: { path: '^src/studio/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
}
