import type { Command } from 'commander';
import type { CliEnds } from './cli-ends';
import { readPassword } from './read-password';
import { repeated } from './repeated';
import { createServer } from './server';
import { layTable } from './text-table';

type Row = Readonly<Record<string, unknown>>;
type Listing = Readonly<{ path: string; of: string; columns: readonly string[] }>;
type Json = Readonly<{ json?: boolean }>;

/** What a command of the server came to. */
const tell = async (ends: CliEnds, name: string, fields: Row): Promise<Row> => {
  const { result } = await createServer(ends).ask<{ result: Row }>(`commands/${name}`, fields);
  return result;
};

/** A group of commands that lists, where it is asked for nothing else. */
function listing(
  program: Command,
  ends: CliEnds,
  name: string,
  { path, of, columns, about }: Listing & { about: string },
) {
  const group = program.command(name).description(about);
  group
    .command('list', { isDefault: true })
    .description('list them')
    .option('--json', 'answer as JSON')
    .action(async ({ json = false }: Json) => {
      const rows = (await createServer(ends).read<Record<string, readonly Row[]>>(path))[of] ?? [];
      const cells = rows.map((row) => columns.map((column) => row[column]));
      ends.out.write(json ? `${JSON.stringify(rows)}\n` : layTable(columns, cells));
    });
  return group;
}

function addAccounts(program: Command, ends: CliEnds): void {
  const accounts = listing(program, ends, 'accounts', {
    about: 'service accounts: programs that have keys and hold roles',
    path: 'service-accounts',
    of: 'serviceAccounts',
    columns: ['account', 'name', 'status', 'description'],
  });
  accounts
    .command('create <account>')
    .description('create one, which may nothing until it is granted a role')
    .option('--name <name>', 'what people call it; its id when absent')
    .action(async (account: string, { name = account }: { name?: string }) => {
      await tell(ends, 'create-service-account', { account, name });
      ends.out.write(`${account}\n`);
    });
  for (const [name, about] of [
    ['disable', 'let none of its keys and jobs in until it is enabled'],
    ['enable', 'let them in again'],
  ] as const)
    accounts
      .command(`${name} <account>`)
      .description(about)
      .action(async (account: string) => {
        const { status } = await tell(ends, `${name}-service-account`, { account });
        ends.out.write(`${account} is ${String(status)}\n`);
      });
}

type KeyOptions = Readonly<{ label: string; scope?: string[]; project?: string[]; expires?: string }>;

/** The one place where a key is seen: on stdout alone, so that it can be piped into a store of secrets. */
function showSecret(ends: CliEnds, { key, secret }: Row): void {
  ends.err.write(`made key ${String((key as { id: string }).id)}; this is the only time that it is told\n`);
  ends.out.write(`${String(secret)}\n`);
}

function addKeys(program: Command, ends: CliEnds): void {
  const keys = listing(program, ends, 'keys', {
    about: 'API keys of service accounts',
    path: 'keys',
    of: 'keys',
    columns: ['key', 'account', 'label', 'status', 'scopes', 'projects', 'expiresAt', 'lastUsedAt'],
  });
  keys
    .command('create <account>')
    .description('make a key; it is told once, on stdout')
    .requiredOption('--label <label>', 'what it is for')
    .option('--scope <permission>', 'narrows what it may do; repeat it for more', repeated)
    .option('--project <project>', 'narrows where; repeat it for more', repeated)
    .option('--expires <time>', 'RFC 3339; never when absent')
    .action(async (account: string, { label, scope: scopes, project: projects, expires: expiresAt }: KeyOptions) => {
      showSecret(ends, await tell(ends, 'create-key', { account, label, scopes, projects, expiresAt }));
    });
  keys
    .command('rotate <key>')
    .description('make a key in the place of another, which lets in for some time yet')
    .option('--overlap <seconds>', 'for how long the old one lets in', '3600')
    .action(async (key: string, { overlap }: { overlap: string }) => {
      showSecret(ends, await tell(ends, 'rotate-key', { key, overlapSeconds: Number(overlap) }));
    });
  keys
    .command('revoke <key>')
    .description('let a key in no more, on any process from five seconds on')
    .action(async (key: string) => {
      await tell(ends, 'revoke-key', { key });
      ends.out.write(`${key} is revoked\n`);
    });
}

type GrantOptions = Readonly<{ project?: string; deny?: boolean }>;

function addGrants(program: Command, ends: CliEnds): void {
  const grants = listing(program, ends, 'grants', {
    about: 'who holds which role, and where',
    path: 'grants',
    of: 'grants',
    columns: ['grantee', 'role', 'project', 'effect'],
  });
  for (const [name, command, about] of [
    ['give', 'grant', 'give somebody a role, or deny it'],
    ['withdraw', 'withdraw-grant', 'take a grant or a denial back'],
  ] as const)
    grants
      .command(`${name} <role> <kind> <id>`)
      .description(about)
      .option('--project <project>', 'in one project; in the whole workspace when absent')
      .option('--deny', 'a denial, which no grant gives back')
      .addHelpText(
        'after',
        '\nkind: account, person or group. A group is <issuer>:<name>, a person as `people` lists it.',
      )
      .action(async (role: string, kind: string, id: string, { project, deny = false }: GrantOptions) => {
        const effect = deny ? 'deny' : 'allow';
        const { grants: held } = await tell(ends, command, { grantee: { kind, id }, role, project, effect });
        const rows = (held as readonly Row[]).map((one) => [one['role'], one['project'], one['effect']]);
        ends.out.write(layTable(['role', 'project', 'effect'], rows));
      });
}

type TrustOptions = Readonly<{ claim: string[]; scope: string[]; project?: string[]; lifetime: string; id?: string }>;

function addTrusts(program: Command, ends: CliEnds): void {
  const trusts = listing(program, ends, 'trusts', {
    about: "by which rules jobs act as service accounts, by tokens of an issuer of the operator's file",
    path: 'trusts',
    of: 'trusts',
    columns: ['trust', 'issuer', 'account', 'conditions', 'scopes', 'projects', 'lifetimeSeconds'],
  });
  trusts
    .command('declare <issuer> <account>')
    .description('let jobs of an issuer act as a service account')
    .requiredOption('--claim <claim=pattern>', 'what the token says, sub among it; * is anything without :', repeated)
    .requiredOption('--scope <permission>', 'what they may do; repeat it for more', repeated)
    .option('--project <project>', 'narrows where; repeat it for more', repeated)
    .option('--lifetime <seconds>', 'how long a key of theirs lets in', '900')
    .option('--id <id>', 'names the rule; a random id when absent')
    .action(async (issuer: string, account: string, options: TrustOptions) => {
      const { claim, scope: scopes, project: projects, lifetime, id: rule } = options;
      const conditions = claim.map((text) => {
        const [, name, pattern] = /^([^=]+)=(.*)$/s.exec(text) ?? [text, text, ''];
        return { claim: name, pattern };
      });
      const fields = { trust: rule, issuer, account, conditions, scopes, projects, lifetimeSeconds: Number(lifetime) };
      const { trust } = await tell(ends, 'declare-trust', fields);
      ends.out.write(`${String(trust)}\n`);
    });
  trusts
    .command('withdraw <trust>')
    .description('let jobs in by this rule no more')
    .action(async (trust: string) => {
      await tell(ends, 'withdraw-trust', { trust });
      ends.out.write(`${trust} is withdrawn\n`);
    });
}

function addLocalAccounts(program: Command, ends: CliEnds): void {
  const accounts = listing(program, ends, 'local-accounts', {
    about: 'people who sign in by passwords of this server, where there is no provider (RUNLEDGER_LOCAL_ACCOUNTS)',
    path: 'local-accounts',
    of: 'localAccounts',
    columns: ['name', 'person', 'changedAt', 'lockedUntil'],
  });
  accounts
    .command('set <name>')
    .description('let somebody sign in, or give another password; it is asked for, or read from stdin')
    .action(async (name: string) => {
      const password = await readPassword(ends);
      const { person } = await createServer(ends).ask<Row>('local-accounts', { name, password });
      ends.out.write(`${String(person)}\n`);
    });
  accounts
    .command('remove <name>')
    .description('let somebody sign in no more; what is granted to the person stays')
    .action(async (name: string) => {
      await createServer(ends).remove<Row>(`local-accounts/${encodeURIComponent(name)}`);
      ends.out.write(`${name} is removed\n`);
    });
}

/** Who may what: for who holds access:read and access:write. */
export function addAccessCommands(program: Command, ends: CliEnds): void {
  addAccounts(program, ends);
  addKeys(program, ends);
  addGrants(program, ends);
  addTrusts(program, ends);
  addLocalAccounts(program, ends);
  listing(program, ends, 'people', {
    about: 'people who have signed in by a provider',
    path: 'people',
    of: 'people',
    columns: ['person', 'issuer', 'name', 'email', 'seenAt'],
  });
}
