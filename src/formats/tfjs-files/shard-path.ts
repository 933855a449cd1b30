import { baseName } from '../../files/file-bundle'
import { copyName } from './copy-mark'

const VERSION = /\?\w{1,20}=[\w.-]{0,64}$/

/**
 * The one spelling of a path in a manifest: stock writers put `./` in front, Windows puts `\` between, and
 * scripts that join paths put `/` twice; `?v=3` behind a name only keeps servers from giving an old copy. All of
 * them mean a file beside model.json.
 * @returns null for a path that could mean more than that: upwards, absolute, a drive, a URL, a home folder,
 * a separator or a dot that is spelled as a percent code
 */
export function shardPath(path: string): string | null {
  const spelled = path.replaceAll('\\', '/').replace(VERSION, '')
  if (/^\/|[:?#]|\p{Cc}/u.test(spelled) || /%(?:2[ef]|5c|25|[01]|7f)/i.test(spelled)) return null
  const parts = spelled.split('/')
  if (/^\.?$/.test(parts.at(-1) ?? '')) return null
  const named = parts.filter((part) => !/^\.?$/.test(part))
  const safe = !named.some((part) => /^\.+$/.test(part)) && named[0]?.startsWith('~') !== true
  return safe ? named.join('/') : null
}

/** The name that a percent-encoded path stands for; null where it is not encoded, or not in UTF-8. */
export function decodedPath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path)
    return decoded === path ? null : shardPath(decoded)
  } catch {
    return null
  }
}

/** Whether a file is called what stock writers call weight files: `weights.bin`, `group1-shard1of4`. */
export function isWeightsName(path: string): boolean {
  return /\.bin$|shard\d+of\d+/i.test(copyName(baseName(path)).plain)
}
