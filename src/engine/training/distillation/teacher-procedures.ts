import type { Procedures } from '../../../protocol/procedures'
import type { TeacherStore } from './teacher-store'

export function teacherProcedures({
  teachers,
}: {
  readonly teachers: TeacherStore
}): Procedures<'teacher'> {
  return {
    open: ({ files, inputs = null }, emit, signal) =>
      teachers.open({ files, inputs }, emit, signal),
    outputs: ({ first }, emit, signal) => teachers.outputs(first, emit, signal),
  }
}
