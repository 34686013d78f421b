import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openLines, readLines } from '../src/files/lines.js'
import { scratch } from './support/heddle.js'

t.test('lines go behind those that are there, and half a line is dropped', async (t) => {
  const path = join(scratch(t), 'lines.csv')
  writeFileSync(path, 'naïve\r\nsecond\nhal')
  t.same(await readLines(path), { lines: ['naïve', 'second'], half: 'hal', bytes: 15 })
  const file = await openLines(path)
  t.same(file.lines, ['naïve', 'second'])
  t.equal(readFileSync(path, 'utf8'), 'naïve\r\nsecond\nhal', 'nothing is changed by opening it')
  for (const line of ['third', 'fourth']) await file.append(line)
  await file.close()
  t.equal(readFileSync(path, 'utf8'), 'naïve\r\nsecond\nthird\nfourth\n')
})

t.test('a file that is not there is made, but no folder', async (t) => {
  const folder = scratch(t)
  const file = await openLines(join(folder, 'new.csv'))
  await file.append('one')
  await file.close()
  t.same((await readLines(join(folder, 'new.csv'))).lines, ['one'])
  await t.rejects(openLines(join(folder, 'no', 'new.csv')), /new\.csv: it does not exist/)
  await t.rejects(openLines(folder), /it is a folder/)
  await t.rejects(readLines(join(folder, 'other.csv')), /other\.csv: it does not exist/)
})
