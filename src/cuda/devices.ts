import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { foldersIn } from './python.js'

/** An NVIDIA GPU, as its driver tells it. */
export interface Device {
  readonly name: string
  /** In bytes; unknown without nvidia-smi, as what follows. */
  readonly memory: number | undefined
  /** `9.0`. */
  readonly computeCapability: string | undefined
}

export interface Devices {
  /** Of the driver: `580.65.06`. */
  readonly driver: string | undefined
  readonly devices: readonly Device[]
}

/** Asks nvidia-smi, and where there is none the kernel; a machine may have neither, and no GPU. */
export function nvidiaDevices(): Devices {
  // Under WSL it is on no PATH.
  for (const command of ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi']) {
    const { status, stdout } = spawnSync(
      command,
      ['--query-gpu=driver_version,memory.total,compute_cap,name', '--format=csv,noheader,nounits'],
      { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] },
    )
    if (status === 0 && stdout.trim() !== '') return fromTable(stdout)
  }
  return fromKernel('/proc/driver/nvidia')
}

/** nvidia-smi's lines: driver, MiB of memory, compute capability, name. */
export function fromTable(table: string): Devices {
  const rows = table
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
  return {
    driver: rows[0]?.[0],
    devices: rows.map(([, memory, computeCapability, ...name]) => ({
      name: name.join(', '),
      memory: Number(memory) > 0 ? Number(memory) * 2 ** 20 : undefined,
      computeCapability,
    })),
  }
}

/** What the kernel's module tells in its folder. */
export function fromKernel(folder: string): Devices {
  const [driver] = /\d+\.\d+(?:\.\d+)?/.exec(textOf(join(folder, 'version'))) ?? []
  const devices = foldersIn(join(folder, 'gpus')).map((gpu) => {
    const [, name] = /^Model:\s*(.*)$/m.exec(textOf(join(folder, 'gpus', gpu, 'information'))) ?? []
    return { name: name ?? gpu, memory: undefined, computeCapability: undefined }
  })
  return { driver, devices }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
