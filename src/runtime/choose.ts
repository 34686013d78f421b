import type { Provider, ProviderOptions } from './provider.js'
import { trial } from './trial.js'

/** What a network runs on, and why, where heddle chose. */
export interface ChosenProvider {
  readonly provider: Provider
  readonly providerReason?: string
}

/** What was asked for; of `auto` CUDA where a small convolution runs on it, else the CPU: never WebGPU, which may be software. */
export async function chooseProvider(
  { provider = 'cpu', engine, cuda }: ProviderOptions,
  signal?: AbortSignal,
): Promise<ChosenProvider> {
  if (provider !== 'auto') return { provider }
  const { ok, problem } = await trial({ provider: 'cuda', engine, cuda }, signal)
  return ok
    ? { provider: 'cuda', providerReason: 'auto: a small convolution ran on it' }
    : { provider: 'cpu', providerReason: `auto: ${problem}` }
}
