import { CommanderError } from 'commander'
import { InputError } from '../errors.js'
import { exitCodes, reportFailure } from './failure.js'
import { Interruption, leaveInterrupted } from './interrupt.js'
import { type Job, makeProgram } from './program.js'
import { leave, quietWhenUnread } from './terminal.js'

/** Runs a command line, and ends the process with its exit code. */
export async function run(words: readonly string[]): Promise<void> {
  quietWhenUnread()
  const asked = {
    json: words.includes('--json'),
    stack: words.includes('--stack') || Boolean(process.env.HEDDLE_STACK),
  }
  process.on('uncaughtException', (error) => leave(reportFailure(error, asked)))
  let code: number = exitCodes.done
  let job: Job | undefined
  const program = makeProgram((parsed) => {
    job = parsed
  })
  try {
    program.parse(words, { from: 'user' })
    if (job) code = await job()
  } catch (error) {
    if (error instanceof CommanderError) code = usageCode(error, asked)
    else code = reportFailure(error, asked)
    if (error instanceof Interruption) return leaveInterrupted(error)
  }
  return leave(code)
}

/** What commander ends with: help and version are no errors; the rest is wrong usage. */
function usageCode(error: CommanderError, asked: { json: boolean; stack: boolean }): number {
  if (error.exitCode === 0) return exitCodes.done
  if (error.code === 'commander.help') return exitCodes.input
  const [, problem = error.message, nearest] =
    /^(?:error: )?(.*?)\.?\s*(?:\(Did you mean (.*?)\?\))?$/s.exec(error.message) ?? []
  return reportFailure(
    new InputError({
      problem,
      remedy: nearest ? `Did you mean ${nearest}?` : 'heddle --help tells what there is.',
    }),
    asked,
  )
}
