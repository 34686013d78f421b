/**
 * What max |Δ| / max |reference| may be between two float32 runs of one network.
 */
export const defaultTolerance = 1e-5
