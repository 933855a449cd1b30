import type { Procedures } from '../../../protocol/procedures'
import type { TeacherStore } from './teacher-store'

export function teacherProcedures({
  teachers,
}: {
  readonly teachers: TeacherStore
}): Procedures<'teacher'> {
  return {
    open: ({ files }, emit, signal) => teachers.open(files, emit, signal),
    outputs: ({ first }, emit, signal) => teachers.outputs(first, emit, signal),
  }
}
