import { readNotebook } from './notebook';

const cell = (outputs: unknown[]) =>
  JSON.stringify({ cells: [{ cell_type: 'code', source: ['a = 1\n', 'a'], execution_count: 3, outputs }] });
const outputs = (...given: unknown[]) => readNotebook(cell(given))?.[0]?.outputs;

it('reads cells, their streams, errors without the colours of a terminal, and pictures', () => {
  expect(readNotebook(cell([]))).toEqual([{ kind: 'code', text: 'a = 1\na', count: 3, outputs: [] }]);
  expect(
    outputs(
      { output_type: 'stream', text: ['x\n', '\u001b[31my\u001b[0m'] },
      { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['\u001b[31mTrace\u001b[0m', 'E: v'] },
      { output_type: 'display_data', data: { 'image/png': 'aGk=\n', 'text/plain': '<Figure>' } },
    ),
  ).toEqual([
    { kind: 'text', text: 'x\ny' },
    { kind: 'error', text: 'Trace\nE: v' },
    { kind: 'image', url: 'data:image/png;base64,aGk=' },
  ]);
});

it('never hands out HTML or scripts, nor bytes that could leave their address', () => {
  const html = { 'text/html': '<script>alert(1)</script>' };
  expect(outputs({ output_type: 'display_data', data: { ...html, 'text/plain': 'a table' } })).toEqual([
    { kind: 'text', text: 'a table' },
  ]);
  expect(outputs({ output_type: 'display_data', data: { ...html, 'application/javascript': 'x' } })).toEqual([
    { kind: 'left-out', what: 'text/html, application/javascript' },
  ]);
  expect(outputs({ output_type: 'display_data', data: { 'image/png': '"><script>' } })).toEqual([
    { kind: 'left-out', what: 'image/png' },
  ]);
});

it('takes nonsense for absent', () => {
  expect(readNotebook('{')).toBeNull();
  expect(readNotebook('[]')).toBeNull();
  expect(readNotebook('{"worksheets": []}')).toBeNull();
  expect(readNotebook('{"cells": [null, 1, {"source": {}}]}')).toHaveLength(3);
  expect(outputs(null, { output_type: 'stream', text: { a: 1 } })).toEqual([
    { kind: 'left-out', what: 'something that is no output' },
    { kind: 'text', text: '' },
  ]);
});
