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

/** Rules of this house that no plugin has. */
export const house = { rules: { 'file-name': fileName } };
