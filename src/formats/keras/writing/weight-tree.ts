import type { WrittenGroup } from '../../../files/hdf5/writing/write-hdf5'
import type { KerasForm } from './keras-form'

type Attribute = string | readonly string[]

/** A group that is being filled. */
export class GroupDraft implements WrittenGroup {
  readonly attributes = new Map<string, Attribute>()
  readonly groups = new Map<string, GroupDraft>()
  readonly datasets = new Map<string, KerasForm>()

  /** The group at a path below, made where it is not there; each `/` is a group inside. */
  at(path: string): GroupDraft {
    return path
      .split('/')
      .filter((part) => part !== '')
      .reduce<GroupDraft>((group, part) => group.inside(part), this)
  }

  put(path: string, dataset: KerasForm): void {
    const end = path.lastIndexOf('/')
    this.at(path.slice(0, Math.max(0, end))).datasets.set(path.slice(end + 1), dataset)
  }

  inside(name: string): GroupDraft {
    const known = this.groups.get(name) ?? new GroupDraft()
    this.groups.set(name, known)
    return known
  }
}
