import type { Expr } from './statement';
import type { TokenReader } from './token-reader';

export function parseCase(reader: TokenReader, expression: () => Expr): Expr {
  reader.mustWord('case');
  const of = reader.isWord('when') ? null : expression();
  const whens: Array<readonly [Expr, Expr]> = [];
  while (reader.word('when')) {
    const when = expression();
    reader.mustWord('then');
    whens.push([when, expression()]);
  }
  if (whens.length === 0) reader.fail('expected WHEN');
  const otherwise = reader.word('else') ? expression() : null;
  reader.mustWord('end');
  return { is: 'case', of, whens, otherwise };
}
