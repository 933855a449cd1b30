import type { StudioErrorData } from '../../core/errors'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { TeacherSummary } from '../../protocol/training-messages'
import type { Slice } from './slice'

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
}

export const teacherSlice: Slice<TeacherSlice> = {
  create: (set) => ({
    teacher: { state: 'none' },
    setTeacher: (teacher) => {
      set({ teacher })
    },
  }),
  // A teacher is for the model that was open.
  forModel: () => ({ teacher: { state: 'none' } }),
  forData: ({ teacher }) => ({ teacher: unmeasured(teacher) }),
}

/** The same slot; what the teacher scored on the data before would stand beside scores on other data. */
function unmeasured(status: TeacherStatus): TeacherStatus {
  switch (status.state) {
    case 'none':
      return status
    case 'ready':
      return { ...status, teacher: { ...status.teacher, measure: null } }
    case 'opening':
    case 'refused':
      return { ...status, before: status.before && { ...status.before, measure: null } }
  }
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
