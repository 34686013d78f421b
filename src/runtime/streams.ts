/**
 * What ONNX Runtime reads from the file that `node_partition_config_file` names: the nodes of each stream of one GPU. Each
 * node of the network has to stand in it, by the name that it has once the runtime has optimised it.
 */
export function partitionConfig(streams: readonly (readonly string[])[]): string {
  // An OrtDevice's type: 1 is a GPU.
  return JSON.stringify({
    type: 'DeviceBasedPartitioner',
    streams,
    devices: streams.map(() => '1'),
  })
}
