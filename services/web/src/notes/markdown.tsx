import { Anchor, Code } from '@mantine/core';
import { lexer, type Token, type Tokens } from 'marked';
import { createElement, Fragment, type ReactNode } from 'react';
import classes from './markdown.module.css';

const isWebLink = (href: string): boolean => /^https?:\/\//i.test(href) || /^mailto:/i.test(href);

/** Where a link of a note may lead: the web, or a place here. Anything else stays text. */
function Leading({ href, children }: { href: string; children: ReactNode }) {
  if (isWebLink(href))
    return (
      <Anchor href={href} rel="noreferrer noopener" target="_blank" inherit>
        {children}
      </Anchor>
    );
  if (/^\/(?!\/)/.test(href))
    return (
      <Anchor href={href} inherit>
        {children}
      </Anchor>
    );
  return <>{children}</>;
}

const each = (tokens: readonly Token[] | undefined): ReactNode =>
  tokens?.map((token, at) => <Fragment key={at}>{drawn(token as Known)}</Fragment>);

function Rows({ header, rows, align }: Tokens.Table) {
  const side = (at: number) => ({ textAlign: align[at] ?? ('left' as const) });
  return (
    <table>
      <thead>
        <tr>
          {header.map(({ tokens }, at) => (
            <th key={at} style={side(at)}>
              {each(tokens)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, line) => (
          <tr key={line}>
            {row.map(({ tokens }, at) => (
              <td key={at} style={side(at)}>
                {each(tokens)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const Items = ({ ordered, start, items }: Tokens.List) =>
  createElement(
    ordered ? 'ol' : 'ul',
    typeof start === 'number' && start !== 1 ? { start } : {},
    items.map((item, at) => <li key={at}>{each(item.tokens)}</li>),
  );

type Known =
  | Tokens.Blockquote
  | Tokens.Br
  | Tokens.Checkbox
  | Tokens.Code
  | Tokens.Codespan
  | Tokens.Del
  | Tokens.Em
  | Tokens.Escape
  | Tokens.Heading
  | Tokens.Hr
  | Tokens.HTML
  | Tokens.Image
  | Tokens.Link
  | Tokens.List
  | Tokens.Paragraph
  | Tokens.Strong
  | Tokens.Table
  | Tokens.Text;

/** Headings of a note stand below those of the page. */
const BELOW = 2;

function block(token: Known): ReactNode {
  switch (token.type) {
    case 'heading':
      return createElement(`h${Math.min(6, token.depth + BELOW)}`, {}, each(token.tokens));
    case 'paragraph':
      return <p>{each(token.tokens)}</p>;
    case 'blockquote':
      return <blockquote>{each(token.tokens)}</blockquote>;
    case 'list':
      return <Items {...token} />;
    case 'table':
      return <Rows {...token} />;
    case 'code':
      return (
        <Code block tabIndex={0} aria-label="Code">
          {token.text}
        </Code>
      );
    case 'hr':
      return <hr />;
    default:
      return null;
  }
}

function inline(token: Known): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{each(token.tokens)}</strong>;
    case 'em':
      return <em>{each(token.tokens)}</em>;
    case 'del':
      return <del>{each(token.tokens)}</del>;
    case 'codespan':
      return <Code>{token.text}</Code>;
    case 'br':
      return <br />;
    case 'link':
      return <Leading href={token.href}>{each(token.tokens)}</Leading>;
    case 'image': // nothing is loaded from elsewhere
      return <Leading href={token.href}>{token.text === '' ? token.href : token.text}</Leading>;
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'text':
      return 'tokens' in token && token.tokens !== undefined ? each(token.tokens) : token.text;
    case 'escape':
      return token.text;
    case 'html': // as it was typed
      return token.raw;
    default:
      return null;
  }
}

const BLOCKS = ['heading', 'paragraph', 'blockquote', 'list', 'table', 'code', 'hr'];
const drawn = (token: Known): ReactNode => (BLOCKS.includes(token.type) ? block(token) : inline(token));

/** Markdown as elements of the page. HTML in it is text. */
export const Markdown = ({ text }: { text: string }) => <div className={classes.markdown}>{each(lexer(text))}</div>;
