import { createCommands } from './commands'
import { i18n } from './i18n/i18n'
import { showInAddress } from './page-address'
import { saveSession, saveTrainingSettings } from './persistence'
import { fetchSampleFiles } from './samples'
import { saveFile } from './save-file'
import { spawnEngine } from './spawn-engine'
import { useStudio } from './store/store'

/** The commands of this page, on its store and its engine. */
export const commands = createCommands({
  store: useStudio,
  spawn: () => spawnEngine(),
  now: () => Date.now(),
  fetchSampleFiles,
  saveFile,
  remember: (session) => {
    saveSession(localStorage, session)
    showInAddress(session)
  },
  leaveAddress: () => {
    showInAddress(null)
  },
  models: {
    keep: async (model) => (await import('./kept-model')).keepModel(model),
    load: async () => (await import('./kept-model')).loadKeptModel(),
    forget: async () => (await import('./kept-model')).forgetModel(),
  },
  history: {
    load: async (key) => (await import('./kept-history')).loadHistory(key),
    save: async (key, found) => (await import('./kept-history')).saveHistory(key, found),
    forget: async (key) => (await import('./kept-history')).forgetHistory(key),
  },
  // Loaded when data is first attached or offered, not with the page.
  storage: {
    keep: async (data) => (await import('./kept-data')).keepData(data),
    load: async () => (await import('./kept-data')).loadKeptData(),
    forget: async () => (await import('./kept-data')).forgetKeptData(),
  },
  runs: {
    keepGround: async (ground) => (await import('./kept-run')).keepRunGround(ground),
    keepCheckpoint: async (checkpoint) => (await import('./kept-run')).keepCheckpoint(checkpoint),
    loadInterrupted: async () => (await import('./kept-run')).loadInterruptedRun(),
    forget: async () => (await import('./kept-run')).forgetRun(),
    keepTrained: async (trained) => (await import('./kept-run')).keepTrained(trained),
    loadTrained: async (id) => (await import('./kept-run')).loadTrained(id),
    whileTraining: async (work) => (await import('./kept-run')).whileTraining(work),
  },
  rememberTraining: (settings) => {
    saveTrainingSettings(localStorage, settings)
  },
  say: (key, params) => i18n.t(key, { ...params }),
})
