import { type Authenticator, createAuthenticator, createKeyStore, openToAll } from '@runledger/access';
import { type HttpOptions, type HttpServer, readTls, serveHttp } from '@runledger/http';
import type { DataSource } from 'typeorm';
import type { Opening } from './start-engines';
import { startRefusals } from './start-refusals';

type DoorChoice = Readonly<{
  RUNLEDGER_HOST: string;
  RUNLEDGER_PORT: number;
  RUNLEDGER_HOST_NAMES: readonly string[];
  RUNLEDGER_AUTH: boolean;
  RUNLEDGER_TRUSTED_PROXIES: readonly string[];
  RUNLEDGER_TLS_CERT?: string | undefined;
  RUNLEDGER_TLS_KEY?: string | undefined;
}>;
type Parts = Pick<
  HttpOptions,
  'modules' | 'dialects' | 'checks' | 'registry' | 'quotas' | 'noteRefusal' | 'openAnswer'
> &
  Readonly<{ source: DataSource }>;

/** Who is let in: holders of keys, or everybody on this machine where access control is off. @throws Fault as openToAll */
const authenticatorOf = ({ logger }: Opening, config: DoorChoice, source: DataSource): Authenticator =>
  config.RUNLEDGER_AUTH ? createAuthenticator(createKeyStore(source), logger) : openToAll(config.RUNLEDGER_HOST);

/** The HTTP door of a process whose keys lie in Postgres. */
export async function startDoor(
  opening: Opening,
  config: DoorChoice,
  { source, ...parts }: Parts,
): Promise<HttpServer> {
  const noteRefusal = parts.noteRefusal ?? (await startRefusals(opening, source)).ofRoute;
  return opening.scope.start('the HTTP door', async () => {
    const value = await serveHttp({
      noteRefusal,
      ...parts,
      host: config.RUNLEDGER_HOST,
      port: config.RUNLEDGER_PORT,
      hostNames: config.RUNLEDGER_HOST_NAMES,
      trustedProxies: config.RUNLEDGER_TRUSTED_PROXIES,
      tls: readTls(config.RUNLEDGER_TLS_CERT, config.RUNLEDGER_TLS_KEY),
      authenticator: authenticatorOf(opening, config, source),
      logger: opening.logger,
    });
    return { value, stop: () => value.close() };
  });
}
