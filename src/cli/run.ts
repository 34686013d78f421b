import { CommanderError } from 'commander'
import { exitCodes, reportFailure } from './failure.js'
import { endWork, Interruption, leaveInterrupted } from './interrupt.js'
import { type Job, makeProgram } from './program.js'
import { endWhereUnread, leave } from './terminal.js'
import { usageError } from './usage.js'

/** Runs a command line, and ends the process with its exit code. */
export async function run(words: readonly string[]): Promise<void> {
  endWhereUnread(exitCodes.input)
  const asked = {
    json: words.includes('--json'),
    stack: words.includes('--stack') || !/^0?$/.test(process.env.HEDDLE_STACK ?? ''),
  }
  process.on('uncaughtException', (error) => {
    if (!endWork(error)) leave(reportFailure(error, asked))
  })
  let code: number = exitCodes.done
  let job: Job | undefined
  const program = makeProgram((parsed) => {
    job = parsed
  })
  try {
    program.parse(words, { from: 'user' })
    if (job) code = await job(words)
  } catch (error) {
    // Help and the version, asked for, are no errors; help for want of a command is wrong usage.
    if (error instanceof CommanderError && error.exitCode === 0) code = exitCodes.done
    else if (error instanceof CommanderError && error.code === 'commander.help' && !words[1])
      code = exitCodes.input
    else if (error instanceof CommanderError)
      code = reportFailure(usageError(error, program, words), asked)
    else code = reportFailure(error, asked)
    if (error instanceof Interruption) return leaveInterrupted(error)
  }
  return leave(code)
}
