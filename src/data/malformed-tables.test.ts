import { gzipSync } from 'fflate'
import { testDataRefusals } from '../../testing/files/data-refusals'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const files = (contents: Readonly<Record<string, string | Uint8Array>>): FileBundle =>
  Object.entries(contents).map(([path, content]) =>
    memoryFile(path, typeof content === 'string' ? utf8(content) : content),
  )
const table = 'a,b,label\n1,2,x\n3,4,y\n5,6,x\n'

testDataRefusals([
  {
    name: 'two tables with different columns',
    files: () => files({ 'a.csv': table, 'b.csv': 'a,c,label\n1,2,x\n3,4,y\n' }),
    choices: { tablesRead: ['a.csv', 'b.csv'] },
    code: 'data/tables-differ',
    message: 'b.csv does not have the columns of a.csv, so its rows cannot be read with those.',
  },
  {
    name: 'two tables without headers, one of them wider',
    files: () => files({ 'a.csv': '1,2\n3,4\n5,6\n', 'b.csv': '1,2,3\n4,5,6\n7,8,9\n' }),
    choices: { tablesRead: ['a.csv', 'b.csv'] },
    code: 'data/tables-differ',
    message: 'b.csv does not have the columns of a.csv, so its rows cannot be read with those.',
  },
  {
    name: 'more labels than rows',
    files: () => files({ 'X.csv': 'a,b\n1,2\n3,4\n5,6\n', 'y.csv': 'y\n1\n0\n1\n1\n0\n' }),
    code: 'data/counts-differ',
    message: 'X.csv holds 3 samples, y.csv holds 5 labels.',
  },
  {
    name: 'one row, and more labels',
    files: () => files({ 'X.csv': 'a,b\n1,2\n', 'y.csv': 'y\n1\n0\n1\n' }),
    code: 'data/counts-differ',
    message: 'X.csv holds 1 sample, y.csv holds 3 labels.',
  },
  {
    name: 'no table chosen of two',
    files: () => files({ 'a.csv': table, 'b.csv': table }),
    choices: { tablesRead: [] },
    code: 'data/is-empty',
    message: 'a.csv, b.csv holds no sample.',
  },
  {
    name: 'a row of several among rows of one',
    files: () => files({ 't.csv': 'a\n1\n2\n3,4\n5\n' }),
    choices: { labelColumns: [], tableSeparator: [','] },
    code: 'data/table-ragged',
    message: 't.csv, line 4: 1 column was expected, found 2.',
  },
  {
    name: 'svmlight',
    files: () => files({ 't.csv': '1 1:0.5 3:1\n-1 2:0.25 3:7\n' }),
    code: 'data/other-form',
    message: 't.csv is a table in the form svmlight, which is not read.',
  },
  {
    name: 'ARFF that lists only what is not zero',
    files: () => files({ 't.arff': '@relation t\n@attribute a numeric\n@data\n{0 1}\n' }),
    code: 'data/other-form',
    message: 't.arff is a table in the form ARFF, which is not read.',
  },
  {
    name: 'ARFF without rows',
    files: () => files({ 't.arff': '@relation t\n@attribute a numeric\n@data\n' }),
    code: 'data/is-empty',
    message: 't.arff holds no sample.',
  },
  {
    name: 'ARFF whose head does not end',
    files: () => files({ 't.txt': '@relation t\n@attribute a numeric\n' }),
    code: 'data/other-form',
    message: 't.txt is a table in the form ARFF, which is not read.',
  },
  {
    name: 'a table that only says that it is gzipped',
    files: () => files({ 't.csv.gz': table }),
    code: 'data/gzip',
    message: 't.csv.gz could not be unpacked: invalid gzip data.',
  },
  {
    name: 'a gzipped table whose checksum is another one',
    files: () => {
      const bytes = gzipSync(utf8(table))
      bytes.fill(0, bytes.length - 8, bytes.length - 4)
      return files({ 't.csv.gz': bytes })
    },
    code: 'data/gzip',
    message: 't.csv.gz could not be unpacked: its checksum does not match.',
  },
  {
    name: 'gzip of what is no text',
    files: () => files({ 't.csv.gz': gzipSync(Uint8Array.from({ length: 300 }, (_, i) => i % 7)) }),
    code: 'data/table-syntax',
    message: 't.csv, line 1: the text is neither UTF-8 nor UTF-16.',
  },
  {
    name: 'percents beside numbers',
    files: () => files({ 't.csv': 'a,b\n5%,1\n7,2\n9%,3\n' }),
    choices: { labelColumns: ['b'] },
    code: 'data/table-column',
    message: 't.csv: column a holds 5% in line 2, which is not a number.',
  },
])
