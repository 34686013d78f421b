import type { ConventionName } from '../analysis/conventions.js'

import { InputError } from '../errors.js'
import { openLines, readLines } from '../files/lines.js'
import { writeFiles } from '../files/write.js'
import { zooModel } from '../models/zoo.js'
import { axesOf, usualAxes } from '../sweep/axes.js'
import { paretoFront } from '../sweep/front.js'
import { type Measured, readMeasured } from '../sweep/measured.js'
import { type Counted, keyOf, type Point, shardOf } from '../sweep/point.js'
import { readResults, resultLine, resultsHead } from '../sweep/results.js'
import { sweep } from '../sweep/sweep.js'
import { exitCodes } from './failure.js'
import { Interruption, interruptible } from './interrupt.js'
import { metered } from './meter.js'
import { frontPlot } from './sweep-plot.js'
import { isResults, keyOfPoint, pointsOf } from './sweep-points.js'
import { sweepDocument, sweepText } from './sweep-text.js'
import type { SweepOptions, Swept } from './swept.js'
import { note, print, printJson } from './terminal.js'

/** `heddle sweep`: networks counted, and the Pareto front of them. */
export async function sweepNetworks(
  written: readonly string[],
  options: SweepOptions,
): Promise<number> {
  const { out, plot, shard, json } = options
  const conventions = options.convention ?? []
  const measured = options.measured === undefined ? undefined : await measuredIn(options.measured)
  const axes = axesOf(
    { least: options.least ?? usualAxes, most: options.most ?? [] },
    conventions,
    measured,
  )
  const all = pointsOf(
    written.filter((each) => !isResults(each)),
    options,
  )
  const points = shard ? shardOf(all, shard) : all
  const given: Counted[] = []
  for (const path of written.filter(isResults))
    given.push(...readResults(path, (await readLines(path)).lines, conventions))
  const found = await counting(points, given, conventions, out)
  const front = paretoFront(found.networks, axes)
  const swept: Swept = { ...found, front, axes, measured }
  if (plot !== undefined)
    await writeFiles([{ path: plot, chunks: encoded(frontPlot(plot, swept)) }], {
      reads: [...written.filter(isResults), options.measured ?? '', out ?? ''],
    })
  if (json) printJson(sweepDocument(swept))
  else print(sweepText(swept, options))
  return exitCodes.done
}

type Found = Pick<Swept, 'networks' | 'refused' | 'counted'>

/**
 * Counts what is in no file yet; each is put into the file of results, if there is one, as soon as it is counted.
 * @throws {InputError} where that file has networks that are none of these, or there is nothing that can be counted.
 */
async function counting(
  points: readonly Point[],
  given: readonly Counted[],
  conventions: readonly ConventionName[],
  out: string | undefined,
): Promise<Found> {
  const file = out === undefined ? undefined : await openLines(out)
  try {
    const kept = file && out !== undefined ? readResults(out, file.lines, conventions) : []
    const asked = new Set([...points.map(keyOfPoint), ...given.map(keyOf)])
    const foreign = kept.findIndex((one) => !asked.has(keyOf(one)))
    if (foreign >= 0) throw otherSweep(out as string, kept[foreign] as Counted, foreign + 2)
    const known = new Map([...given, ...kept].map((one) => [keyOf(one), one]))
    const inFile = new Set(kept.map(keyOf))
    const keep = async (one: Counted): Promise<void> => {
      if (!file || inFile.has(keyOf(one))) return
      inFile.add(keyOf(one))
      await file.append(resultLine(one))
    }
    if (file && file.lines.length === 0) await file.append(resultsHead(conventions))
    for (const one of given) await keep(one)
    return await interruptible((signal) =>
      metered(async (progress) => {
        const networks: Counted[] = []
        const refused: Swept['refused'][number][] = []
        const lacking = points.filter((point) => !known.has(keyOfPoint(point)))
        for await (const outcome of sweep(lacking, zooModel, conventions)) {
          signal.throwIfAborted()
          if ('refused' in outcome) refused.push({ point: outcome.point, error: outcome.refused })
          else {
            known.set(keyOf(outcome.counted), outcome.counted)
            await keep(outcome.counted)
            networks.push(outcome.counted)
          }
          const done = networks.length + refused.length
          progress({ phase: 'count', done, total: lacking.length })
          // Signals and the meter have their turn.
          await new Promise(setImmediate)
        }
        const [first] = refused
        if (first && known.size === 0) throw first.error
        return { networks: ordered(points, known), refused, counted: networks.length }
      }),
    )
  } catch (error) {
    if (error instanceof Interruption && out !== undefined)
      note(`${out} has what was counted; the same command goes on from there`)
    throw error
  } finally {
    await file?.close()
  }
}

function ordered(
  points: readonly Point[],
  known: ReadonlyMap<string, Counted>,
): readonly Counted[] {
  const keys = new Set([...points.map(keyOfPoint), ...known.keys()])
  return [...keys].flatMap((key) => known.get(key) ?? [])
}

function otherSweep(
  path: string,
  { network, options, input, batch }: Counted,
  line: number,
): Error {
  const what = [network, options, `at ${input}`, ...(batch > 1 ? [`x ${batch}`] : [])]
  return new InputError({
    problem: `${path}, line ${line}, has ${what.filter(Boolean).join(' ')}, which is none of this sweep`,
    remedy: 'Give another file by -o, or the networks, options and shard that it was made with.',
  })
}

async function measuredIn(path: string): Promise<Measured> {
  const { lines, half } = await readLines(path)
  return readMeasured(path, half === '' ? lines : [...lines, half])
}

async function* encoded(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}
