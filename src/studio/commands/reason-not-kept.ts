import { formatBytes } from '../../ui-kit/format-number'
import type { WhyNotKept } from '../keeping/not-kept'

/** Why something was not kept, as errors tell a reason: in English, never empty. */
export function reasonNotKept(why: WhyNotKept): string {
  switch (why.kind) {
    case 'full':
      return why.free === null
        ? `the browser’s storage is full: ${formatBytes(why.needed)} are needed`
        : `the browser’s storage is full: ${formatBytes(why.needed)} are needed and ${formatBytes(why.free)} are free`
    case 'tooLarge':
      return `it takes ${formatBytes(why.needed)}, and at most ${formatBytes(why.most)} are kept`
    case 'forbidden':
      return 'storage is forbidden here, as in a private window'
    case 'insecure':
      return 'this address does not begin with https'
    case 'failed':
      return why.reason
  }
}
