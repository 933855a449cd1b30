import type { StateCreator } from 'zustand'
import type { StudioErrorData } from '../../core/errors'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { TeacherSummary } from '../../protocol/training-messages'
import type { TrainingSettings } from '../../training/training-settings'
import type { StudioState } from './store'

/** The teacher slot. */
export type TeacherStatus =
  | { readonly state: 'none' }
  | {
      readonly state: 'opening'
      readonly name: string
      readonly progress: OpenProgress | null
      /** What was there and stays if this fails. */
      readonly before: TeacherSummary | null
    }
  | { readonly state: 'ready'; readonly teacher: TeacherSummary }
  | {
      readonly state: 'refused'
      readonly error: StudioErrorData
      readonly before: TeacherSummary | null
    }

export interface TeacherSlice {
  readonly teacher: TeacherStatus
  setTeacher: (teacher: TeacherStatus) => void
  /** A teacher is for the model that was open: settings go back to the original. */
  leaveTeacher: () => void
}

export const createTeacherSlice: StateCreator<StudioState, [], [], TeacherSlice> = (set, get) => ({
  teacher: { state: 'none' },
  setTeacher: (teacher) => {
    set({ teacher })
  },
  leaveTeacher: () => {
    set({
      teacher: { state: 'none' },
      trainingSettings: withoutTeacher(get().trainingSettings),
    })
  },
})

/** The same settings with the original as the teacher. */
export function withoutTeacher(settings: TrainingSettings): TrainingSettings {
  const { distillation } = settings
  if (distillation === null) return settings
  return { ...settings, distillation: { ...distillation, teacher: 'original', hint: null } }
}

/** The teacher that is open, also while another one is being opened. */
export function teacherIn(status: TeacherStatus): TeacherSummary | null {
  switch (status.state) {
    case 'none':
      return null
    case 'ready':
      return status.teacher
    case 'opening':
    case 'refused':
      return status.before
  }
}
