import { at, type Named, zoo } from './named.js'
import type { Row, Table } from './table.js'
import { activations, parameters, work } from './ways.js'

const results =
  'huggingface/pytorch-image-models, results/benchmark-infer-amp-nchw-pt291-cu128-4090.csv at aa4b5850c1543fa488abf260f18390eda46cf85d'

/** timm's benchmark, whose other files of that commit have the same figures. */
export const timmResults: Table = {
  table: 'timm, benchmark of inference',
  where: results,
  input: [224, 224],
  columns: [
    { quantity: 'param_count', way: parameters },
    { quantity: 'infer_gmacs', way: work('timm') },
    { quantity: 'infer_macts', way: activations },
  ],
  choices: [],
  rows: [
    row('hrnet_w18_small', zoo('hrnet-small-v1-c'), '13.19', '1.61', '5.72'),
    row('hrnet_w18_small_v2', zoo('hrnet-small-v2-c'), '15.6', '2.62', '9.65'),
    row('hrnet_w18', zoo('hrnet-w18-c'), '21.3', '4.32', '16.31'),
    row('hrnet_w30', zoo('hrnet-w30-c'), '37.71', '8.15', '21.21'),
    row('hrnet_w32', zoo('hrnet-w32-c'), '41.23', '8.97', '22.02'),
    row('hrnet_w40', zoo('hrnet-w40-c'), '57.56', '12.75', '25.29'),
    row('hrnet_w44', zoo('hrnet-w44-c'), '67.06', '14.94', '26.92'),
    row('hrnet_w48', zoo('hrnet-w48-c'), '77.47', '17.34', '28.56'),
    row('hrnet_w64', zoo('hrnet-w64-c'), '128.06', '28.97', '35.09'),
    row('hrnet_w18_ssld, 288', at([288, 288], zoo('hrnet-w18-c')), '21.3', '7.14', '26.96'),
    row('hrnet_w48_ssld, 288', at([288, 288], zoo('hrnet-w48-c')), '77.47', '28.66', '47.21'),
  ],
}

function row(system: string, network: Named, ...published: readonly string[]): Row {
  return { system, network, published }
}
