import type { WantedWork } from '../store/long-works'
import type { WorkGate } from './command-world'

/**
 * What a person can begin, by the work that it is. Commands that begin others of these are not among them where the
 * others are given to them guarded; dropped files find out what they are first, and go through the gate then.
 */
const guardedCommands = {
  openSample: 'opening',
  startTour: 'opening',
  startLesson: 'opening',
  setOutputAxis: 'opening',
  undoCut: 'opening',
  readFirst: 'reading',
  attachData: 'attaching',
  attachReading: 'attaching',
  openData: 'attaching',
  useKeptData: 'attaching',
  tryPreparations: 'search',
  download: 'download',
  makeVariants: 'download',
  openTeacher: 'teacher',
  openTeacherSample: 'teacher',
  giveTeacher: 'teacher',
  cutModel: 'cut',
  startTraining: 'training',
  goOnTraining: 'training',
  startCase: 'caseStudy',
  startSweep: 'sweep',
  startSmall: 'makeSmall',
  goOnSmall: 'makeSmall',
  winBack: 'training',
  closeModel: 'closing',
} as const satisfies Readonly<Record<string, WantedWork>>

/** Over at once: they go through the gate, and nothing need wait for them. */
const shortCommands = {
  configureData: 'attaching',
  detachData: 'attaching',
  loadClassNames: 'attaching',
} as const satisfies Readonly<Record<string, WantedWork>>

type GuardedName = keyof typeof guardedCommands | keyof typeof shortCommands
type Guarded = Readonly<Record<GuardedName, (...given: never[]) => Promise<void>>>

/** The same commands, those that begin long work behind the gate. */
export function behindGate<Commands extends Guarded>(gate: WorkGate, commands: Commands): Commands {
  const guard = (works: Partial<Record<GuardedName, WantedWork>>, isShort: boolean) =>
    (Object.entries(works) as [GuardedName, WantedWork][]).map(([name, work]) => [
      name,
      gate.guard(work, commands[name], isShort),
    ])
  const guarded = [...guard(guardedCommands, false), ...guard(shortCommands, true)]
  return { ...commands, ...(Object.fromEntries(guarded) as Pick<Commands, GuardedName>) }
}
