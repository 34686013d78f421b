import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Files, openFiles } from './files.js'
import { expectSame, inProcesses, inTurn, peakOf, type Subject, type Timing } from './measure.js'
import { baseline, type Network } from './networks.js'
import type { Measured, Result } from './result.js'
import type { Opened } from './runner.js'
import type { Group, Variant } from './variants.js'

/** What is to be measured, and where. */
export interface Asked {
  readonly networks: readonly Network[]
  readonly groups: readonly Group[]
  /** Whether the targets' files are run in two threads too. */
  readonly inTwo: boolean
  readonly folder: string
  /** What was measured before, of a run that was broken off. */
  readonly known: readonly Result[]
  readonly tell: (line: string) => void
  /** Called with all there is, after each result. */
  readonly keep: (results: readonly Result[]) => void
}

/** How many files one process has open: each of the largest takes a gigabyte. */
const atOnce = 5

/** Fresh processes of two threads, of each of two files. */
const processes = 3

/** Measures, one network after the other, each group of variants in turn with its reference. */
export async function measureAll(asked: Asked): Promise<readonly Result[]> {
  const results = [...asked.known]
  for (const network of asked.networks) {
    const from = baseline(network, asked.folder)
    const built = join(asked.folder, 'built')
    const files = await openFiles(network, from, built)
    try {
      for (const group of asked.groups)
        for await (const result of measured(asked, { network, ...from }, files, group, results)) {
          results.push(result)
          asked.keep(results)
        }
    } finally {
      await files.close()
      rmSync(built, { recursive: true, force: true })
    }
  }
  return results
}

async function* measured(
  asked: Asked,
  subject: Subject,
  files: Files,
  { name, reference, members }: Group,
  known: readonly Result[],
): AsyncGenerator<Result> {
  const network = subject.network.name
  const result = ({ id }: Variant): Result => ({
    network,
    group: name,
    reference: reference.id,
    variant: id,
  })
  const isKnown = ({ id }: Variant): boolean =>
    known.some(
      (each) =>
        each.network === network &&
        each.group === name &&
        each.reference === reference.id &&
        each.variant === id,
    )
  const open = members.filter((each) => !isKnown(each))
  const [same, others] = [true, false].map((is) =>
    open.filter((each) => files.same(each, reference) === is),
  ) as [Variant[], Variant[]]
  for (const each of same) yield result(each)
  if (others.length === 0) return
  const against = await files.file(reference)
  const peak = peakOf(subject, against)
  for (let at = 0; at < others.length; at += atOnce) {
    const variants = others.slice(at, at + atOnce)
    asked.tell(`${network}: ${reference.id}, ${variants.map(({ id }) => id).join(', ')}`)
    const opened: Opened[] = []
    for (const each of variants) opened.push(await files.file(each))
    const ones = inTurn(subject, [against, ...opened])
    for (const [i, variant] of variants.entries()) {
      const [own, { timing, difference }] = [opened[i] as Opened, ones[i] as (typeof ones)[number]]
      if (variant.exact) expectSame(`${variant.id} of ${network}`, difference)
      const timings: Record<string, Timing> = { 1: timing }
      if (asked.inTwo && variant.inTwo) timings[2] = inProcesses(subject, against, own, processes)
      const measured: Measured = {
        timings,
        difference,
        noise: subject.noise,
        peaks: [peak, peakOf(subject, own)],
      }
      yield { ...result(variant), measured }
    }
  }
}
