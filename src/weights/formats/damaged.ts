import { InputError } from '../../errors.js'

/** What to do about a file that is damaged. */
export const fetchAgain = 'Fetch the file again, or save it again.'

/** What to do about a file that only PyTorch can read. */
export const saveStateDict =
  "If you trust the file, load it in PyTorch with its authors' code and save model.state_dict()."

/** The error of a file that is not as its form has it, or that heddle does not read. */
export function damaged(
  { name }: { readonly name: string },
  problem: string,
  remedy: string = fetchAgain,
): InputError {
  return new InputError({ problem: `${name}: ${problem}`, remedy })
}
