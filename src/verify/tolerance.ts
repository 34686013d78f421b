/** What max |Δ| / max |reference| may be between two float32 runs of one network, at its outputs. */
export const defaultTolerance = 1e-5

/**
 * How many times that it may be at a feature on the way: some are small beside what they are the difference of.
 * A forgotten bias, mean or epsilon is hundreds of times as much.
 */
export const featureSlack = 10
