import { createCommands } from './create-commands'
import { i18n } from '../i18n/i18n'
import { showInAddress } from '../keeping/page-address'
import { keepReportPlace, keepSession, keepTrainingSettings } from '../keeping/kept-session'
import { fetchSampleFiles } from '../files/samples'
import { saveFile } from '../files/save-file'
import { spawnEngine } from '../engine-link/spawn-engine'
import { useStudio } from '../store/store'

/** The commands of this page, on its store and its engine. */
export const commands = createCommands({
  store: useStudio,
  spawn: () => spawnEngine(),
  now: () => Date.now(),
  fetchSampleFiles,
  saveFile,
  remember: (session) => {
    keepSession(localStorage, session)
    showInAddress(session)
  },
  leaveAddress: () => {
    showInAddress(null)
  },
  models: {
    keep: async (model) => (await import('../keeping/kept-model')).keepModel(model),
    load: async () => (await import('../keeping/kept-model')).loadKeptModel(),
    forget: async () => (await import('../keeping/kept-model')).forgetModel(),
  },
  history: {
    load: async (key) => (await import('../keeping/kept-history')).loadHistory(key),
    save: async (key, found) => (await import('../keeping/kept-history')).saveHistory(key, found),
    forget: async (key) => (await import('../keeping/kept-history')).forgetHistory(key),
  },
  // Loaded when data is first attached or offered, not with the page.
  storage: {
    keep: async (data) => (await import('../keeping/kept-data')).keepData(data),
    load: async () => (await import('../keeping/kept-data')).loadKeptData(),
    forget: async () => (await import('../keeping/kept-data')).forgetKeptData(),
  },
  runs: {
    keepGround: async (ground) => (await import('../keeping/kept-run')).keepRunGround(ground),
    keepCheckpoint: async (checkpoint) =>
      (await import('../keeping/kept-run')).keepCheckpoint(checkpoint),
    loadInterrupted: async () => (await import('../keeping/kept-run')).loadInterruptedRun(),
    forget: async () => (await import('../keeping/kept-run')).forgetRun(),
    keepTrained: async (trained) => (await import('../keeping/kept-run')).keepTrained(trained),
    loadTrained: async (id) => (await import('../keeping/kept-run')).loadTrained(id),
    whileTraining: async (work) => (await import('../keeping/kept-run')).whileTraining(work),
  },
  rememberTraining: (settings) => {
    keepTrainingSettings(localStorage, settings)
  },
  rememberReportPlace: (place) => {
    keepReportPlace(localStorage, place)
  },
  say: (key, params) => i18n.t(key, { ...params }),
})

export type Commands = typeof commands
