/** What operating systems, servers and offices leave in folders and archives: never somebody's data. */
export function isClutter(path: string): boolean {
  return /(?:^|\/)(?:(?:__MACOSX|@eaDir|\$RECYCLE\.BIN)\/|~\$|(?:\.DS_Store|(?:eh)?Thumbs\.db|desktop\.ini)$)/i.test(
    path,
  )
}
