/** `lab parity`: declared here; the work is loaded when asked for. */
import type { Command } from '../command'

export const parityCommand: Command = {
  name: 'parity',
  about: 'replay measured kernels and compare',
  details: [
    'Every <scenario>/<variant>/run<k>/config.json below the folder is simulated from itself alone, with its own seeds; what was measured is read only afterwards. Without --data the measured',
    'data that comes with the project is taken (test/parity). The error of a metric is 0 within what the measured runs span, else the distance to the nearer edge relative to the larger value;',
    'medians are taken per family and metric first. Runs that need what the engine lacks are listed with the reason and stay out of the figures. Rows of the family A_watermarks must be exact.\n',
    'Exit status: 0 every run that can be modelled was simulated, and every watermark row is exact; 1 watermark rows differ or could not be compared; 2 no such folder, no run, or nothing that',
    '--only selects; 3 a run failed or got stuck, or a file could not be read; 130 Ctrl-C: what had ended is printed. With --json: {score, cells, watermarks, notModelled, failed, uncompared, …}.',
  ].join('\n'),
  names: [],
  options: {
    data: { type: 'string', value: 'DIR', about: 'measured runs, or the compact form of them (the project\'s own)' },
    only: { type: 'string', value: 'TEXT', about: 'only runs whose <scenario>/<variant>/run<k> contains this' },
    out: { type: 'string', value: 'DIR', about: 'write <scenario>/<variant>/run<k>/summary.json there, in the measured words' },
  },
  run: async (context) => (await import('./parity')).parity(context),
}
