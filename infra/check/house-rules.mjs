const NAMES_NOTHING = /^(utils?|helpers?|common|misc|shared)$/;

const fileName = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      empty: '"{{part}}" says nothing: name the file for what it holds.',
      case: 'Files are named in kebab-case: "{{name}}".',
      deepIndex: 'One index.ts a package: import the sibling directly.',
    },
  },
  create: (context) => ({
    Program(node) {
      const parts = context.filename.slice(context.cwd.length + 1).split(/[\\/]/);
      const name = parts.at(-1) ?? '';
      const part = [...parts.slice(0, -1), ...name.split('.')].find((word) => NAMES_NOTHING.test(word));
      if (part) context.report({ node, messageId: 'empty', data: { part } });
      if (!/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(name))
        context.report({ node, messageId: 'case', data: { name } });
      if (name === 'index.ts' && parts.at(-2) !== 'src') context.report({ node, messageId: 'deepIndex' });
    },
  }),
};

const linesOf = (node) => node.loc.end.line - node.loc.start.line + 1;

/**
 * Lines of a function without the functions inside it: a factory that answers four short functions is no longer than a
 * class with four short methods, which nobody would call a long function.
 */
const functionLines = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'integer', minimum: 1 }],
    messages: {
      long: '{{lines}} lines in one function; {{limit}} is the limit. Split it where its reasons to change differ.',
    },
  },
  create(context) {
    const [limit] = context.options;
    const open = [];
    const enter = () => open.push(0);
    const leave = (node) => {
      const lines = linesOf(node) - open.pop();
      if (open.length > 0) open[open.length - 1] += linesOf(node) - 1; // the line where it stands counts as its parent's
      if (lines > limit)
        context.report({
          loc: { start: node.loc.start, end: node.loc.start },
          messageId: 'long',
          data: { lines, limit },
        });
    };
    const kinds = 'FunctionDeclaration, FunctionExpression, ArrowFunctionExpression';
    return { [`:matches(${kinds})`]: enter, [`:matches(${kinds}):exit`]: leave };
  },
};

/** Rules of this house that no plugin has. */
export const house = { rules: { 'file-name': fileName, 'function-lines': functionLines } };
