/**
 * The rooms of the house and the rules that follow from `floors.json`: who may import whom. Rooms stand
 * from the ground up; each may use only rooms that come before it, so no import runs up and no circle
 * of rooms can be written down. A name that holds a file pattern is the part of a folder that stands on
 * another floor than the rest of it.
 */
const wings = require('./floors.json')

const escaped = (text) => text.replace(/[.]/g, '[.]')
const isFolder = (room) => !room.includes('.')

/** Of a file pattern: `src/a/{b,c}.ts`, `src/a/*.ui.tsx`. */
const patternOf = (room) =>
  escaped(room)
    .replace(/\{([^}]*)\}/g, (_, names) => `(?:${names.replaceAll(',', '|')})`)
    .replaceAll('*', '[^/]+')

const names = wings.flatMap(({ rooms }) => rooms.map(({ room }) => room))

/** What files of a room are called: those of its folder that belong to no room inside it. */
function filesOf(room) {
  if (!isFolder(room)) {
    const finer = names.filter(
      (other) => other !== room && !isFolder(other) && !other.includes('*'),
    )
    const inside = finer.filter((other) =>
      other.startsWith(room.slice(0, room.lastIndexOf('/') + 1)),
    )
    const except = room.includes('*')
      ? inside.map((other) => `(?!${patternOf(other)}$)`).join('')
      : ''
    return `^${except}${patternOf(room)}$`
  }
  const inside = names.filter((other) => other.startsWith(`${room}/`))
  return `^${inside.map((other) => `(?!${patternOf(other)}${isFolder(other) ? '/' : '$'})`).join('')}${room}/`
}

const roomsOf = (name) =>
  wings.find(({ wing }) => wing === name)?.rooms.map(({ room }) => room) ?? [name]

const rooms = wings.flatMap(({ wing, rooms: found }) =>
  found.map(({ room, holds, uses }) => ({
    name: room,
    wing,
    holds,
    uses,
    files: filesOf(room),
    mayImport: uses.flatMap(roomsOf),
  })),
)

const TESTS = '[.](test|type-test)[.]tsx?$|[.]spec[.]ts$'

/** A rule for each room. */
const floorRules = rooms.map(({ name, files, mayImport }) => ({
  name: `floor of ${name}, see scripts/floors/floors.json`,
  comment: 'scripts/floors/floors.json says what it may import',
  severity: 'error',
  from: { path: files, pathNot: TESTS },
  to: {
    path: '^(src|testing|scripts|e2e|bench)/',
    pathNot: [files, ...mayImport.map(filesOf)],
  },
}))

/** A rule for each wing: libraries that would bind it to one thread. */
const libraryRules = wings
  .filter(({ neverLoads }) => neverLoads.length > 0)
  .map(({ wing, neverLoads, rooms: found }) => ({
    name: `libraries of ${wing}`,
    severity: 'error',
    from: { path: found.map(({ room }) => filesOf(room)), pathNot: TESTS },
    to: { path: `node_modules/(${neverLoads.join('|')})`, dependencyTypesNot: ['type-only'] },
  }))

module.exports = { wings, rooms, floorRules, libraryRules, TESTS }
